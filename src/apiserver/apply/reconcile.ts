import type { Schema } from "../../resources/schema/schema.ts";
import { fieldSet, type FieldSet, leaf } from "./field-set.ts";
import { elementSchema } from "./shape.ts";

/**
 * Ownership as it is under this schema, for sets that were written under an older one: who owned parts of what is
 * atomic now owns the whole.
 */
export function reconcile(set: FieldSet, schema: Schema | undefined): FieldSet {
  if (set.children.size === 0 || schema === undefined) return set;
  const atomic =
    schema.type === "array"
      ? schema.listType === "atomic"
      : (schema.type === "object" || schema.type === "map") && schema.atomic === true;
  if (atomic) return leaf;
  let children: Map<string, FieldSet> | undefined;
  for (const [element, child] of set.children) {
    const reconciled = reconcile(child, elementSchema(schema, element));
    if (reconciled !== child) (children ??= new Map(set.children)).set(element, reconciled);
  }
  return children === undefined ? set : fieldSet(set.member, children);
}
