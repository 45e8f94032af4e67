import type { Path, Schema } from "./schema.ts";

/** The schemas inside a schema, with where they stand in its OpenAPI form. */
export function childrenOf(schema: Schema): readonly (readonly [Schema, Path])[] {
  switch (schema.type) {
    case "object":
      return Object.entries(schema.fields).map(([name, field]) => [field, ["properties", name]] as const);
    case "map":
      return [[schema.values, ["additionalProperties"]]];
    case "array":
      return [[schema.items, ["items"]]];
    case "any":
      return schema.object === undefined ? [] : childrenOf(schema.object);
    default:
      return [];
  }
}
