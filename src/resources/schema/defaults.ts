import type { SchemaError } from "./from-openapi.ts";
import type { Path, Schema } from "./schema.ts";
import { validate } from "./validate.ts";
import { childrenOf } from "./walk.ts";

/** Defaults that the schema itself would refuse. */
export function checkDefaults(schema: Schema, path: Path = []): readonly SchemaError[] {
  const errors: SchemaError[] = [];
  if (schema.default !== undefined) {
    for (const error of validate(schema, schema.default).errors) {
      errors.push({ path: [...path, "default", ...error.path], message: error.message });
    }
  }
  for (const [child, at] of childrenOf(schema)) errors.push(...checkDefaults(child, [...path, ...at]));
  return errors;
}
