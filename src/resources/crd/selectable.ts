import type { SchemaError } from "../schema/from-openapi.ts";
import type { Schema } from "../schema/schema.ts";

/** Fields that selectors may name (apiextensions `MaxSelectableFields`). */
const MAX_FIELDS = 8;
const PLAIN = new Set(["string", "boolean", "integer"]);

/** @param paths Simple JSONPaths: `.spec.colour`. */
export function selectableErrors(paths: readonly string[], schema: Schema): readonly SchemaError[] {
  const errors: SchemaError[] = [];
  for (const [index, path] of paths.entries()) {
    const fail = (message: string) => errors.push({ path: [index, "jsonPath"], message });
    const names = path.slice(1).split(".");
    if (names[0] === "metadata") fail("Fields of metadata cannot be selected");
    else if (!PLAIN.has(fieldAt(schema, names)?.type ?? "")) {
      fail("Must lead to a field of type string, boolean or integer");
    }
    if (paths.indexOf(path) < index) fail("Duplicate: the field is in the list already");
  }
  if (new Set(paths).size > MAX_FIELDS) {
    errors.push({ path: [], message: `Too many entries: ${new Set(paths).size}, at most ${MAX_FIELDS}` });
  }
  return errors;
}

function fieldAt(schema: Schema, names: readonly string[]): Schema | undefined {
  let at: Schema | undefined = schema;
  for (const name of names) {
    if (at?.type === "map") at = at.values;
    else at = at?.type === "object" && Object.hasOwn(at.fields, name) ? at.fields[name] : undefined;
  }
  return at;
}
