import type { Kind, KindVersion } from "../../resources/kind.ts";
import {
  array,
  integer,
  intOrString,
  map,
  object,
  open,
  optional,
  string,
} from "../../resources/schema/schema.ts";

/** Kinds for tests, each as small as it can be and show something of its own. */

function version(name: string, more: Partial<KindVersion> = {}): KindVersion {
  return { name, served: true, schema: object({}), columns: [], status: false, ...more };
}

type Names = Pick<Kind, "kind" | "plural"> & Partial<Kind>;

export function kindOf(names: Names): Kind {
  return {
    listKind: `${names.kind}List`,
    group: "",
    singular: names.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    versions: [version("v1")],
    storageVersion: "v1",
    ...names,
  };
}

const typeFields = { apiVersion: string(), kind: string(), metadata: open({}) };

const container = object({
  name: string(),
  image: optional(string()),
  ports: optional(array(object({ containerPort: integer() }), { patchMergeKey: "containerPort" })),
});
const podSpec = object({ containers: array(container, { mapKeys: ["name"], patchMergeKey: "name" }) });
const template = object({ metadata: optional(open({})), spec: podSpec });
const deploymentSpec = object({
  replicas: integer({ format: "int32", min: 0, default: 1 }),
  strategy: optional({ ...object({ type: string() }), retainKeys: true as const }),
  template,
});

export const pod = kindOf({
  kind: "Pod",
  plural: "pods",
  shortNames: ["po"],
  categories: ["all"],
  versions: [version("v1", { status: true, schema: object({ ...typeFields, spec: podSpec }) })],
});

export const namespace = kindOf({
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
  versions: [version("v1", { status: true })],
});

export const deployment = kindOf({
  kind: "Deployment",
  plural: "deployments",
  group: "apps",
  versions: [
    version("v1", {
      status: true,
      scale: { specReplicas: ".spec.replicas", statusReplicas: ".status.replicas" },
      schema: object({ ...typeFields, spec: deploymentSpec }, { description: "Keeps pods running." }),
    }),
  ],
});

const shirtSchema = object(
  {
    ...typeFields,
    spec: object(
      {
        color: string({ enum: ["blue", "red"], description: "Its color." }),
        size: optional(integer({ min: 1, max: 9 })),
        labels: optional(map(string())),
        anything: optional(open({ known: optional(string()) })),
        port: optional(intOrString()),
        maybe: { ...optional(object({ a: optional(string()) })), nullable: true as const },
        inner: optional(open({ spec: optional(string()) }, { embedded: true })),
        tags: optional(array(string({ maxLength: 8 }), { set: true })),
      },
      { description: "What it looks like." },
    ),
  },
  { description: "A shirt." },
);

export const shirt = kindOf({
  kind: "Shirt",
  plural: "shirts",
  group: "clothes.example.org",
  shortNames: ["sh"],
  categories: ["wardrobe"],
  versions: [
    version("v1beta1", { schema: shirtSchema }),
    version("v1", { schema: shirtSchema, status: true, selectable: [".spec.color"] }),
    version("v1alpha1", { served: false }),
  ],
  storageVersion: "v1",
});

export const hat = kindOf({
  kind: "Hat",
  plural: "hats",
  group: "clothes.example.org",
  namespaced: false,
  versions: [version("v1")],
});
