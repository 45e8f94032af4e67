import { array, map, object, optional, string, type Infer } from "./schema.ts";

/** All of `matchLabels` and of `matchExpressions` must hold; an empty selector takes everything. */
export const labelSelector = object({
  matchLabels: optional(map(string())),
  matchExpressions: optional(
    array(object({ key: string(), operator: string(), values: optional(array(string())) })),
  ),
});
export type LabelSelector = Infer<typeof labelSelector>;
