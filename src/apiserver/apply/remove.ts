import type { Schema } from "../../resources/schema/schema.ts";
import { type Draft, setField } from "../patch/value.ts";
import { appliedFields } from "./collect.ts";
import { difference, fieldSet, type FieldSet, intersection, isEmpty, union } from "./field-set.ts";
import { fieldElement, itemElement } from "./path-element.ts";
import { declares, elementSchema, fieldSchema, isItems, shapeOf } from "./shape.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The value without what a manager applied before (`last`) and nobody owns any more (`owned`: by all managers, what
 * this one applies now included). What nobody ever owned stays, unless its container goes. Shares with `merged`.
 *
 * The steps are those of structured-merge-diff: remove all that was applied last, add back what is owned, and see
 * that nothing else got lost on the way.
 */
export function prune(merged: unknown, last: FieldSet, owned: FieldSet, schema: Schema): unknown {
  const named = (set: FieldSet): FieldSet => withNamedFields(set, schema);
  const all = named(appliedFields(merged, schema));
  const lastNamed = named(last);
  const without = removeFields(merged, lastNamed, schema);
  const kept = union(named(appliedFields(without, schema)), named(owned));
  const restored = removeFields(merged, difference(all, kept), schema);
  const gone = difference(all, named(appliedFields(restored, schema)));
  return removeFields(merged, intersection(gone, lastNamed), schema);
}

/** Also counts the fields as members that the schema names and that contain members. */
function withNamedFields(set: FieldSet, schema: Schema | undefined): FieldSet {
  if (set.children.size === 0) return set;
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children) {
    const inner = withNamedFields(child, elementSchema(schema, element));
    const named = element.startsWith("f:") && declares(schema, element.slice(2));
    children.set(element, named && !inner.member ? fieldSet(true, inner.children) : inner);
  }
  return fieldSet(set.member, children);
}

/** Containers that lose all they had go as well. */
function removeFields(value: unknown, set: FieldSet, schema: Schema | undefined): unknown {
  if (isEmpty(set) || value === null || shapeOf(value, schema) === "leaf") return value;
  if (Array.isArray(value)) {
    if (!isItems(schema)) return value;
    const items: readonly unknown[] = value;
    const rest = items.flatMap((item) => {
      const child = set.children.get(itemElement(item, schema));
      if (child === undefined) return [item];
      if (child.member) return [];
      const inner = removeFields(item, child, schema.items);
      return inner === undefined ? [] : [inner];
    });
    if (rest.length === 0 && items.length > 0) return undefined;
    return rest.length === items.length && rest.every((item, index) => item === items[index]) ? value : rest;
  }
  return removeFromObject(value as Fields, set, schema);
}

function removeFromObject(value: Fields, set: FieldSet, schema: Schema | undefined): unknown {
  const rest: Draft = {};
  let same = true;
  let empty = true;
  for (const name of Object.keys(value)) {
    const child = set.children.get(fieldElement(name));
    if (child?.member === true) {
      same = false;
      continue;
    }
    const inner =
      child === undefined ? value[name] : removeFields(value[name], child, fieldSchema(schema, name));
    if (inner !== value[name]) same = false;
    if (inner === undefined) continue;
    empty = false;
    setField(rest, name, inner);
  }
  if (same) return value;
  return empty ? undefined : rest;
}
