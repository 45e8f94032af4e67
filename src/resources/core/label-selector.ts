import { labelValue, qualifiedName } from "../schema/forms.ts";
import { array, type Check, type Infer, map, object, optional, string } from "../schema/schema.ts";

/** Entries of `In` and `NotIn` list values, the others have none. */
const valuesFitOperator: Check<{ readonly operator: string; readonly values?: readonly string[] }> = (
  one,
  fail,
) => {
  const wanted = one.operator === "In" || one.operator === "NotIn";
  const given = (one.values ?? []).length > 0;
  if (wanted && !given)
    fail(`The operator ${one.operator} needs values`, ["values"], "key", "FieldValueRequired");
  if (!wanted && given)
    fail(`The operator ${one.operator} has no values`, ["values"], "key", "FieldValueForbidden");
};

const labelSelectorRequirement = object(
  {
    key: qualifiedName,
    operator: string({ enum: ["In", "NotIn", "Exists", "DoesNotExist"] }),
    values: optional(array(string(labelValue))),
  },
  { checks: [valuesFitOperator] },
);

export const labelSelector = object(
  {
    matchExpressions: optional(array(labelSelectorRequirement)),
    matchLabels: optional(map(string(labelValue), { keys: qualifiedName })),
  },
  { atomic: true },
);

export type LabelSelector = Infer<typeof labelSelector>;

/** Whether labels satisfy a selector; an empty one takes everything. */
export function matchesLabels(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {}))
    if (labels[key] !== value) return false;
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = Object.hasOwn(labels, key) ? labels[key]! : undefined;
    switch (operator) {
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return value === undefined || !values.includes(value);
      case "Exists":
        return value !== undefined;
      case "DoesNotExist":
        return value === undefined;
    }
  });
}
