import { isJsonObject } from "../json.ts";
import type { SchemaError } from "../schema/from-openapi.ts";

/** Keywords that lose nothing when the schema of the status is taken out of that of the whole object. */
const ALLOWED = new Set([
  "description",
  "type",
  "format",
  "title",
  "maximum",
  "exclusiveMaximum",
  "minimum",
  "exclusiveMinimum",
  "maxLength",
  "minLength",
  "pattern",
  "maxItems",
  "minItems",
  "uniqueItems",
  "multipleOf",
  "required",
  "items",
  "properties",
  "externalDocs",
  "example",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-validations",
]);

/** What the root of a schema must not say where the status has a subresource. */
export function rootErrors(openapi: unknown): readonly SchemaError[] {
  if (!isJsonObject(openapi)) return [];
  return Object.entries(openapi)
    .filter(([keyword, value]) => !ALLOWED.has(keyword) && value !== null && value !== false)
    .map(([keyword]) => ({
      path: [keyword],
      message: "Not allowed at the root where the status is a subresource: say it of spec",
    }));
}
