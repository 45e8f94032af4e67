import { array, map, object, optional, string, type Infer } from "../schema/schema.ts";

/**
 * Namespaces by their labels. Unlike in built-in kinds, nothing in it is checked when it is written: a selector that
 * makes no sense shows up in the conditions of whoever carries it.
 */
const requirement = object(
  {
    key: string({ description: "Key of the label." }),
    operator: string({
      description:
        "In and NotIn compare the value with values; Exists and DoesNotExist look at the key only.",
    }),
    values: optional(array(string(), { description: "Values for In and NotIn; none for the others." })),
  },
  { description: "A condition on one label." },
);

export const namespaceSelector = object(
  {
    matchLabels: optional(
      map(string(), { description: "Labels that the namespaces have, with these values." }),
    ),
    matchExpressions: optional(
      array(requirement, { description: "Further conditions, which must all hold." }),
    ),
  },
  {
    atomic: true,
    description: "Labels of the namespaces; an empty selector takes all. Goes with from Selector.",
  },
);
export type NamespaceSelector = Infer<typeof namespaceSelector>;
