import type { ArraySchema, Schema } from "../../resources/schema/schema.ts";
import { fieldSet, type FieldSet, isEmpty, leaf, noFields } from "./field-set.ts";
import { fieldElement, itemElement } from "./path-element.ts";
import { declares, fieldSchema, isEmptyContainer, isItems, shapeOf } from "./shape.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * What someone owns who applies this value: leaves, elements of lists, entries of maps. Fields that merely contain
 * what is owned are not.
 */
export function appliedFields(value: unknown, schema: Schema | undefined): FieldSet {
  const shape = shapeOf(value, schema);
  if (shape === "leaf") return leaf;
  if (value === null) return noFields;
  if (shape === "items") return fieldSet(false, itemSets(value as readonly unknown[], schema, appliedItem));
  const children = new Map<string, FieldSet>();
  for (const name of Object.keys(value as Fields)) {
    const inner = (value as Fields)[name];
    const set = appliedFields(inner, fieldSchema(schema, name));
    const owned = set.member || !declares(schema, name) || isEmptyField(inner);
    const child = owned === set.member ? set : fieldSet(owned, set.children);
    if (!isEmpty(child)) children.set(fieldElement(name), child);
  }
  return fieldSet(false, children);
}

/** Null and `{}` leave nothing below the field to own. */
function isEmptyField(value: unknown): boolean {
  return typeof value === "object" && !Array.isArray(value) && isEmptyContainer(value);
}

function appliedItem(item: unknown, schema: Schema): FieldSet {
  return fieldSet(true, appliedFields(item, schema).children);
}

/** What changes when this value appears or goes: the value itself and all within. */
export function wholeTree(value: unknown, schema: Schema | undefined): FieldSet {
  const shape = shapeOf(value, schema);
  if (shape === "leaf" || isEmptyContainer(value)) return leaf;
  if (shape === "items") return fieldSet(true, itemSets(value as readonly unknown[], schema, wholeTree));
  const children = new Map<string, FieldSet>();
  for (const name of Object.keys(value as Fields)) {
    children.set(fieldElement(name), wholeTree((value as Fields)[name], fieldSchema(schema, name)));
  }
  return fieldSet(true, children);
}

/** Elements that occur several times are owned together, without what is in them. */
function itemSets(
  list: readonly unknown[],
  schema: Schema | undefined,
  setOfItem: (item: unknown, schema: Schema) => FieldSet,
): Map<string, FieldSet> {
  const children = new Map<string, FieldSet>();
  if (!isItems(schema)) return children;
  for (const item of list) {
    const element = itemElement(item, schema);
    children.set(element, children.has(element) ? leaf : setOfItem(item, schema.items));
  }
  return children;
}

/** The elements of a list by what tells them apart, in order. */
export function itemsByElement(list: readonly unknown[], schema: ArraySchema): Map<string, unknown[]> {
  const items = new Map<string, unknown[]>();
  for (const item of list) {
    const element = itemElement(item, schema);
    const same = items.get(element);
    if (same === undefined) items.set(element, [item]);
    else same.push(item);
  }
  return items;
}
