import { isJsonObject, type JsonObject } from "../json.ts";
import { dnsSubdomain } from "../schema/forms.ts";
import { array, type Check, object, optional, string } from "../schema/schema.ts";
import { matchResources } from "./admission-match.ts";
import { age, column, part, selectorText, text } from "./cells.ts";
import { exactlyOne } from "./checks.ts";
import { builtIn, topLevel } from "./define.ts";
import { described, optionalString } from "./fields.ts";
import { labelSelector } from "./label-selector.ts";
import { metadata } from "./metadata.ts";

const notDenyAndWarn: Check<readonly string[]> = (actions, fail) => {
  if (actions.includes("Deny") && actions.includes("Warn")) fail("Deny and Warn exclude each other");
};

const paramRef = object(
  {
    name: optionalString,
    namespace: optionalString,
    parameterNotFoundAction: string({ enum: ["Allow", "Deny"] }),
    selector: optional(labelSelector),
  },
  { atomic: true, checks: [exactlyOne("name", "selector")] },
);

const validatingAdmissionPolicyBindingSpec = object({
  matchResources: optional(matchResources),
  paramRef: optional(paramRef),
  policyName: string(dnsSubdomain),
  validationActions: array(string({ enum: ["Deny", "Warn", "Audit"] }), {
    set: true,
    minItems: 1,
    checks: [notDenyAndWarn],
  }),
});

const validatingAdmissionPolicyBindingSchema = topLevel(
  {
    metadata: metadata(),
    spec: described(validatingAdmissionPolicyBindingSpec, "The policy, its parameters and its effect."),
  },
  { description: "Where a ValidatingAdmissionPolicy holds, and what follows." },
);

function parameters(binding: JsonObject): string {
  const ref = part(binding, "spec")["paramRef"];
  if (!isJsonObject(ref)) return "<unset>";
  const name = text(ref, "name");
  if (name === "") return selectorText(part(ref, "selector")) || "<unset>";
  return `${text(ref, "namespace") || "*"}/${name}`;
}

export const validatingAdmissionPolicyBindingKind = builtIn({
  kind: "ValidatingAdmissionPolicyBinding",
  group: "admissionregistration.k8s.io",
  plural: "validatingadmissionpolicybindings",
  categories: ["api-extensions"],
  namespaced: false,
  schema: validatingAdmissionPolicyBindingSchema,
  columns: [
    column("PolicyName", "The policy.", (binding) => text(part(binding, "spec"), "policyName")),
    column("ParamRef", "Its parameters.", parameters),
    age,
  ],
});
