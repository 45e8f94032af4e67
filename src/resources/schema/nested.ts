import { isJsonObject, type JsonObject } from "../json.ts";
import type { SchemaError } from "./from-openapi.ts";
import { keywordErrors } from "./keywords.ts";
import type { Path } from "./schema.ts";
import { withoutIntOrString } from "./structural.ts";

/** What only the schema around `allOf`, `anyOf`, `oneOf` and `not` may say, so that it alone says what is known. */
const FORBIDDEN = [
  "type",
  "default",
  "title",
  "description",
  "nullable",
  "additionalProperties",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-embedded-resource",
  "x-kubernetes-int-or-string",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-list-type",
  "x-kubernetes-map-type",
  "x-kubernetes-validations",
];

/** What is wrong in the junctors of a schema: they may limit what it describes, and describe nothing themselves. */
export function nestedErrors(node: JsonObject, path: Path): readonly SchemaError[] {
  const plain = node["x-kubernetes-int-or-string"] === true ? withoutIntOrString(node) : node;
  return junctors(plain, path).flatMap(([nested, at]) => constraintErrors(nested, at, node));
}

function junctors(node: JsonObject, path: Path): readonly (readonly [JsonObject, Path])[] {
  const found = ["allOf", "anyOf", "oneOf"].flatMap((name) =>
    ((node[name] as readonly JsonObject[] | undefined) ?? []).map(
      (each, index) => [each, [...path, name, index] as Path] as const,
    ),
  );
  const { not } = node;
  return isJsonObject(not) ? [...found, [not, [...path, "not"]]] : found;
}

/** @param described The schema that describes what the constraint limits. */
function constraintErrors(constraint: JsonObject, path: Path, described: JsonObject): readonly SchemaError[] {
  const errors: SchemaError[] = [...keywordErrors(constraint, path)];
  if (errors.length > 0) return errors;
  for (const keyword of FORBIDDEN) {
    const value = constraint[keyword];
    if (value === undefined || value === null || value === "" || value === false) continue;
    const message = `Not allowed here: it belongs to the schema around allOf, anyOf, oneOf and not`;
    errors.push({ path: [...path, keyword], message });
  }
  for (const [nested, at] of junctors(constraint, path))
    errors.push(...constraintErrors(nested, at, described));
  const { items, properties } = constraint;
  if (isJsonObject(items)) {
    errors.push(...childErrors(items, [...path, "items"], described["items"]));
  }
  for (const [name, field] of Object.entries((properties as JsonObject | undefined) ?? {})) {
    const at = [...path, "properties", name];
    if (name === "metadata") errors.push({ path: at, message: "Metadata cannot be limited here" });
    const fields = described["properties"];
    const known = isJsonObject(fields) && Object.hasOwn(fields, name) ? fields[name] : undefined;
    errors.push(...childErrors(field as JsonObject, at, known));
  }
  return errors;
}

function childErrors(constraint: JsonObject, path: Path, described: unknown): readonly SchemaError[] {
  if (isJsonObject(described)) return constraintErrors(constraint, path, described);
  return [{ path, message: "The schema around allOf, anyOf, oneOf and not must describe this too" }];
}
