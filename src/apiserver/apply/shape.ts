import { isJsonObject } from "../../resources/json.ts";
import type { ArraySchema, ObjectSchema, Schema } from "../../resources/schema/schema.ts";

/**
 * How a value is owned. `leaf`: as a whole, as scalars, atomic lists and atomic objects are. `fields`: each field by
 * itself. `items`: each element by itself, as in sets and lists with keys. Null is an empty container where the
 * schema has one. Without a schema, objects are owned by field and lists as a whole. A value that is not what the
 * schema says is a leaf.
 */
export type Shape = "leaf" | "fields" | "items";

export function shapeOf(value: unknown, schema: Schema | undefined): Shape {
  switch (schema?.type) {
    case "object":
    case "map":
      return schema.atomic !== true && (value === null || isJsonObject(value)) ? "fields" : "leaf";
    case "array":
      return isItems(schema) && (value === null || Array.isArray(value)) ? "items" : "leaf";
    case undefined:
    case "any":
      return value === null || isJsonObject(value) ? "fields" : "leaf";
    default:
      return "leaf";
  }
}

type ItemsSchema = ArraySchema & { readonly listType: "set" | "map" };

export function isItems(schema: Schema | undefined): schema is ItemsSchema {
  return schema?.type === "array" && schema.listType !== "atomic";
}

export function isEmptyContainer(value: unknown): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  for (const name in value as object) if (Object.hasOwn(value as object, name)) return false;
  return true;
}

/** Whether the schema names the field, so that owning what is in it does not mean owning the field. */
export function declares(schema: Schema | undefined, name: string): boolean {
  return schema?.type === "object" && Object.hasOwn(schema.fields, name);
}

/** Undefined for a field that the schema does not know: it may be anything. */
export function fieldSchema(schema: Schema | undefined, name: string): Schema | undefined {
  if (schema?.type === "map") return schema.values;
  return declares(schema, name) ? (schema as ObjectSchema).fields[name] : undefined;
}

/** Of what a path element selects. */
export function elementSchema(schema: Schema | undefined, element: string): Schema | undefined {
  if (element.startsWith("f:")) return fieldSchema(schema, element.slice(2));
  return schema?.type === "array" ? schema.items : undefined;
}
