import type { JsonObject } from "../json.ts";
import { put } from "./put.ts";
import type { ArraySchema, IntegerSchema, NumberSchema, ObjectSchema, Schema } from "./schema.ts";

/** As it stands in CRDs: `type` is not said, so that kubectl and others know that it is one of two. */
const INT_OR_STRING = [{ type: "integer" }, { type: "string" }];

/**
 * The structural OpenAPI v3 schema of a value as CustomResourceDefinitions have it, `x-kubernetes-*` included.
 * Functions in `checks` and the rules for keys of maps cannot be said there.
 */
export function toOpenApi(schema: Schema): JsonObject {
  const { description, nullable, default: preset, rules, allOf, anyOf, oneOf, not } = schema;
  return {
    ...(description !== undefined && { description }),
    ...shape(schema),
    ...(preset !== undefined && { default: preset }),
    ...(nullable === true && { nullable }),
    ...(allOf !== undefined && { allOf }),
    ...(anyOf !== undefined && { anyOf }),
    ...(oneOf !== undefined && { oneOf }),
    ...(not !== undefined && { not }),
    ...(rules !== undefined && rules.length > 0 && { "x-kubernetes-validations": rules }),
  };
}

function shape(schema: Schema): JsonObject {
  switch (schema.type) {
    case "object":
      return {
        type: "object",
        ...fieldsOf(schema),
        ...(schema.embedded === true && { "x-kubernetes-embedded-resource": true }),
        ...sizes(schema),
      };
    case "map":
      return { type: "object", additionalProperties: toOpenApi(schema.values), ...sizes(schema) };
    case "array":
      return { type: "array", items: toOpenApi(schema.items), ...list(schema) };
    case "string":
      return { type: "string", ...picked(schema, ["enum", "pattern", "format", "minLength", "maxLength"]) };
    case "integer":
    case "number":
      return { type: schema.type, ...numbers(schema) };
    case "boolean":
      return { type: "boolean", ...picked(schema, ["enum"]) };
    case "intOrString":
      return {
        ...(schema.anyOf === undefined && { anyOf: INT_OR_STRING }),
        "x-kubernetes-int-or-string": true,
      };
    case "any":
      return {
        ...(schema.object !== undefined && fieldsOf(schema.object)),
        "x-kubernetes-preserve-unknown-fields": true,
      };
  }
}

function fieldsOf({ fields, open, embedded }: ObjectSchema): JsonObject {
  const properties: Record<string, unknown> = {};
  const required: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    // The metadata of a resource is known to everybody, and CRDs must not describe it.
    const implied = embedded === true && name === "metadata";
    put(properties, name, implied ? { type: "object" } : toOpenApi(field));
    if (field.optional !== true && field.default === undefined && !implied) required.push(name);
  }
  return {
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
    ...(open && { "x-kubernetes-preserve-unknown-fields": true }),
  };
}

interface Sizes {
  readonly atomic?: true;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

function sizes(schema: Sizes): JsonObject {
  return {
    ...(schema.atomic === true && { "x-kubernetes-map-type": "atomic" }),
    ...picked(schema, ["minProperties", "maxProperties"]),
  };
}

function list(schema: ArraySchema): JsonObject {
  return {
    ...picked(schema, ["minItems", "maxItems"]),
    "x-kubernetes-list-type": schema.listType,
    ...(schema.mapKeys !== undefined && { "x-kubernetes-list-map-keys": schema.mapKeys }),
  };
}

function numbers(schema: IntegerSchema | NumberSchema): JsonObject {
  return {
    ...picked(schema, ["enum", "format", "multipleOf"]),
    ...(schema.min !== undefined && { minimum: schema.min }),
    ...(schema.max !== undefined && { maximum: schema.max }),
    ...(schema.exclusiveMin === true && { exclusiveMinimum: true }),
    ...(schema.exclusiveMax === true && { exclusiveMaximum: true }),
  };
}

function picked<T extends object>(from: T, names: readonly (keyof T & string)[]): JsonObject {
  return Object.fromEntries(
    names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]),
  );
}
