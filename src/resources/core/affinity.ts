import { qualifiedName } from "../schema/forms.ts";
import { array, type Check, integer, object, optional, string } from "../schema/schema.ts";
import { optionalStrings } from "./fields.ts";
import { labelSelector } from "./label-selector.ts";

interface Requirement {
  readonly operator: string;
  readonly values?: readonly string[];
}

const nodeValuesFitOperator: Check<Requirement> = ({ operator, values = [] }, fail) => {
  if (operator === "Exists" || operator === "DoesNotExist") {
    if (values.length > 0)
      fail(`The operator ${operator} has no values`, ["values"], "key", "FieldValueForbidden");
  } else if (operator === "Gt" || operator === "Lt") {
    if (values.length !== 1)
      fail(`The operator ${operator} needs one value`, ["values"], "value", "FieldValueRequired");
  } else if (values.length === 0) {
    fail(`The operator ${operator} needs values`, ["values"], "key", "FieldValueRequired");
  }
};

const nodeSelectorRequirement = object(
  {
    key: string(),
    operator: string({ enum: ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"] }),
    values: optionalStrings,
  },
  { checks: [nodeValuesFitOperator] },
);

const nodeSelectorTerm = object(
  {
    matchExpressions: optional(array(nodeSelectorRequirement)),
    matchFields: optional(array(nodeSelectorRequirement)),
  },
  { atomic: true },
);

const nodeSelector = object(
  { nodeSelectorTerms: array(nodeSelectorTerm, { minItems: 1 }) },
  { atomic: true },
);

const preferredSchedulingTerm = object({
  preference: nodeSelectorTerm,
  weight: integer({ format: "int32", min: 1, max: 100 }),
});

const nodeAffinity = object({
  preferredDuringSchedulingIgnoredDuringExecution: optional(array(preferredSchedulingTerm)),
  requiredDuringSchedulingIgnoredDuringExecution: optional(nodeSelector),
});

const podAffinityTerm = object({
  labelSelector: optional(labelSelector),
  matchLabelKeys: optionalStrings,
  mismatchLabelKeys: optionalStrings,
  namespaceSelector: optional(labelSelector),
  namespaces: optionalStrings,
  topologyKey: qualifiedName,
});

const weightedPodAffinityTerm = object({
  podAffinityTerm,
  weight: integer({ format: "int32", min: 1, max: 100 }),
});

const podAffinity = object({
  preferredDuringSchedulingIgnoredDuringExecution: optional(array(weightedPodAffinityTerm)),
  requiredDuringSchedulingIgnoredDuringExecution: optional(array(podAffinityTerm)),
});

const podAntiAffinity = object({
  preferredDuringSchedulingIgnoredDuringExecution: optional(array(weightedPodAffinityTerm)),
  requiredDuringSchedulingIgnoredDuringExecution: optional(array(podAffinityTerm)),
});

export const affinity = object({
  nodeAffinity: optional(nodeAffinity),
  podAffinity: optional(podAffinity),
  podAntiAffinity: optional(podAntiAffinity),
});
