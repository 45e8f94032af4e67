import { array, integer, object, optional, string, type ArraySchema } from "../schema/schema.ts";

/** Conditions as they stand in a status: at most one of each type. */
const condition = object(
  {
    type: string({
      pattern:
        "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
      form: "a condition type: a word such as Accepted, or a domain and a word such as example.com/Ready",
      maxLength: 316,
      description:
        "What the condition speaks of, such as Accepted; the same everywhere for the same question.",
    }),
    status: string({
      enum: ["True", "False", "Unknown"],
      description: "Whether the condition holds: True, False, or Unknown when nobody has found out yet.",
    }),
    observedGeneration: optional(
      integer({
        format: "int64",
        min: 0,
        description:
          "Generation of the object that was looked at; one lower than metadata.generation means that the condition is old.",
      }),
    ),
    lastTransitionTime: string({
      format: "date-time",
      description: "When the status last went from one value to another.",
    }),
    reason: string({
      pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
      form: "a reason: a word in CamelCase, such as NoMatchingParent",
      minLength: 1,
      maxLength: 1024,
      description: "Why the status is what it is, as one word for programs.",
    }),
    message: string({ maxLength: 32768, description: "Why the status is what it is, in words for people." }),
  },
  { description: "One aspect of the state that the object is in." },
);

/** The API's limit on the conditions of one thing. */
const MAX_CONDITIONS = 8;

interface ConditionRules {
  readonly description: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
}

export function unboundedConditions(rules: ConditionRules): ArraySchema {
  return array(condition, { ...rules, mapKeys: ["type"] });
}

export function conditions(rules: ConditionRules): ArraySchema {
  return unboundedConditions({ maxItems: MAX_CONDITIONS, ...rules });
}

/** Conditions of an object that no controller has seen yet. */
export function pending(...types: readonly string[]): readonly unknown[] {
  return types.map((type) => ({
    type,
    status: "Unknown",
    reason: "Pending",
    message: "Waiting for controller",
    lastTransitionTime: "1970-01-01T00:00:00Z",
  }));
}
