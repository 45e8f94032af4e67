import { isJsonObject } from "../json.ts";
import { dnsLabel, dnsSubdomain } from "../schema/forms.ts";
import { type Check, object, optional, string } from "../schema/schema.ts";
import { age, column, nameColumn, part, text } from "./cells.ts";
import { immutable } from "./checks.ts";
import { builtIn, topLevel } from "./define.ts";
import { described } from "./fields.ts";
import { metadata } from "./metadata.ts";
import { controllerPath, pathSegment } from "./names.ts";

interface Parameters {
  readonly scope: "Cluster" | "Namespace";
  readonly namespace?: string;
}

const namespaceFitsScope: Check<Parameters> = ({ scope, namespace }, fail) => {
  if (scope === "Namespace" && namespace === undefined)
    fail("The scope Namespace needs one", ["namespace"], "key", "FieldValueRequired");
  if (scope === "Cluster" && namespace !== undefined)
    fail("Goes with the scope Namespace only", ["namespace"], "key", "FieldValueForbidden");
};

const ingressClassParametersReference = object(
  {
    apiGroup: optional(string(dnsSubdomain)),
    kind: string(pathSegment),
    name: string(pathSegment),
    namespace: optional(string(dnsLabel)),
    scope: string({ enum: ["Cluster", "Namespace"], default: "Cluster" }),
  },
  { checks: [namespaceFitsScope] },
);

const ingressClassSpec = object(
  {
    controller: optional(
      string({ description: "Name of the controller; it cannot be changed.", ...controllerPath }),
    ),
    parameters: optional(described(ingressClassParametersReference, "More settings, in another object.")),
  },
  { checks: [immutable("controller")] },
);

const ingressClassSchema = topLevel(
  {
    metadata: metadata(),
    spec: { ...ingressClassSpec, description: "The controller and its settings.", default: {} },
  },
  { description: "Who serves the Ingresses of a class." },
);

const DEFAULT_ANNOTATION = "ingressclass.kubernetes.io/is-default-class";

export const ingressClassKind = builtIn({
  kind: "IngressClass",
  group: "networking.k8s.io",
  plural: "ingressclasses",
  namespaced: false,
  schema: ingressClassSchema,
  columns: [
    nameColumn(DEFAULT_ANNOTATION),
    column("Controller", "Who serves it.", (ingressClass) => text(part(ingressClass, "spec"), "controller")),
    column("Parameters", "More settings.", (ingressClass) => {
      const parameters = part(ingressClass, "spec")["parameters"];
      if (!isJsonObject(parameters)) return "<none>";
      const group = parameters["apiGroup"];
      return `${text(parameters, "kind")}${typeof group === "string" ? `.${group}` : ""}/${text(parameters, "name")}`;
    }),
    age,
  ],
});
