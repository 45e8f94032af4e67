import { qualifiedName } from "../schema/forms.ts";
import { array, object, optional, string } from "../schema/schema.ts";
import { filled, optionalStrings } from "./fields.ts";
import { labelSelector } from "./label-selector.ts";

const namedRuleWithOperations = object(
  {
    apiGroups: array(string(), { minItems: 1 }),
    apiVersions: array(filled, { minItems: 1 }),
    operations: array(string({ enum: ["*", "CREATE", "UPDATE", "DELETE", "CONNECT"] }), { minItems: 1 }),
    resourceNames: optionalStrings,
    resources: array(filled, { minItems: 1 }),
    scope: string({ enum: ["Cluster", "Namespaced", "*"], default: "*" }),
  },
  { atomic: true },
);

export const matchResources = object(
  {
    excludeResourceRules: optional(array(namedRuleWithOperations)),
    matchPolicy: string({ enum: ["Exact", "Equivalent"], default: "Equivalent" }),
    namespaceSelector: { ...labelSelector, default: {} },
    objectSelector: { ...labelSelector, default: {} },
    resourceRules: optional(array(namedRuleWithOperations)),
  },
  { atomic: true },
);

export const matchCondition = object({ expression: string({ minLength: 1 }), name: qualifiedName });
