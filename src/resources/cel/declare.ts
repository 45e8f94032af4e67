import type { ObjectSchema, Schema } from "../schema/schema.ts";

import { escapeName, isReserved } from "./escape.ts";
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  type Field,
  INT,
  list,
  map,
  STRING,
  TIMESTAMP,
  type Type,
} from "./types.ts";

const declared = new WeakMap<Schema, { readonly type: Type | undefined }>();

/**
 * The type that expressions see, undefined for what they cannot see: values without a schema, and lists and maps of
 * those. `root` is for the schema of a whole object, of whose metadata only the names are visible.
 */
export function declare(schema: Schema, root = false): Type | undefined {
  if (schema.type === "object" && (root || schema.embedded === true)) {
    return resource(schema);
  }
  let known = declared.get(schema);
  if (known === undefined) {
    known = { type: declareNew(schema) };
    declared.set(schema, known);
  }
  return known.type;
}

/** A schema whose value is a resource, as far as it can be told from the outside. */
export function isResource(schema: Schema): boolean {
  if (schema.type !== "object") {
    return false;
  }
  const { apiVersion, kind, metadata } = schema.fields;
  return apiVersion?.type === "string" && kind?.type === "string" && metadata?.type === "object";
}

function declareNew(schema: Schema): Type | undefined {
  switch (schema.type) {
    case "string":
      return STRING_FORMATS[schema.format ?? ""] ?? STRING;
    case "integer":
      return INT;
    case "number":
      return DOUBLE;
    case "boolean":
      return BOOL;
    case "intOrString":
      return DYN;
    case "any":
      return undefined;
    case "map": {
      const values = declare(schema.values);
      return values === undefined ? undefined : map(STRING, values);
    }
    case "array": {
      const items = declare(schema.items);
      if (items === undefined) {
        return undefined;
      }
      if (schema.listType === "atomic") {
        return list(items);
      }
      const keys = schema.listType === "map" ? schema.mapKeys : undefined;
      return { ...list(items), unordered: keys === undefined ? {} : { keys } };
    }
    case "object":
      return object(schema.fields);
  }
}

const STRING_FORMATS: Readonly<Record<string, Type>> = {
  byte: BYTES,
  duration: DURATION,
  date: TIMESTAMP,
  "date-time": TIMESTAMP,
};

function object(properties: Readonly<Record<string, Schema>>): Type {
  const fields = new Map<string, Field>();
  for (const [name, schema] of Object.entries(properties)) {
    const type = declare(schema);
    const escaped = escapeName(name);
    if (type !== undefined && escaped !== undefined) {
      fields.set(escaped, { name, type });
      // A word that the grammar keeps for itself may stand behind a dot as it is.
      if (isReserved(name)) {
        fields.set(name, { name, type });
      }
    }
  }
  return { kind: "object", name: "object", params: [], fields };
}

const resources = new WeakMap<Schema, Type>();

function resource(schema: ObjectSchema): Type {
  let type = resources.get(schema);
  if (type === undefined) {
    const text: Schema = { type: "string" };
    const metadata: Schema = { type: "object", fields: { name: text, generateName: text }, open: false };
    type = object({ ...schema.fields, apiVersion: text, kind: text, metadata });
    resources.set(schema, type);
  }
  return type;
}
