import { isJsonObject, type JsonObject } from "../json.ts";
import type { SchemaError } from "./from-openapi.ts";
import { patternError } from "./pattern.ts";
import type { Path } from "./schema.ts";

type Sort = "string" | "number" | "count" | "boolean" | "list" | "names" | "schemas" | "object" | "fields";

/** Keywords of JSONSchemaProps (apiextensions.k8s.io/v1) and what stands there. Others are ignored. */
const KEYWORDS: Readonly<Record<string, Sort>> = {
  description: "string",
  type: "string",
  format: "string",
  title: "string",
  pattern: "string",
  maximum: "number",
  minimum: "number",
  multipleOf: "number",
  exclusiveMaximum: "boolean",
  exclusiveMinimum: "boolean",
  maxLength: "count",
  minLength: "count",
  maxItems: "count",
  minItems: "count",
  maxProperties: "count",
  minProperties: "count",
  uniqueItems: "boolean",
  nullable: "boolean",
  enum: "list",
  required: "names",
  allOf: "schemas",
  anyOf: "schemas",
  oneOf: "schemas",
  not: "object",
  properties: "fields",
  "x-kubernetes-preserve-unknown-fields": "boolean",
  "x-kubernetes-embedded-resource": "boolean",
  "x-kubernetes-int-or-string": "boolean",
  "x-kubernetes-list-map-keys": "names",
  "x-kubernetes-list-type": "string",
  "x-kubernetes-map-type": "string",
  "x-kubernetes-validations": "schemas",
};

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const tests: Readonly<Record<Sort, readonly [form: string, (value: unknown) => boolean]>> = {
  string: ["a string", (value) => typeof value === "string"],
  number: ["a number", (value) => Number.isFinite(value)],
  count: ["a whole number", (value) => Number.isSafeInteger(value)],
  boolean: ["true or false", (value) => typeof value === "boolean"],
  list: ["a list", isList],
  names: ["a list of strings", (value) => isList(value) && value.every((each) => typeof each === "string")],
  schemas: ["a list of maps", (value) => isList(value) && value.every(isJsonObject)],
  object: ["a map", isJsonObject],
  fields: ["a map of maps", (value) => isJsonObject(value) && Object.values(value).every(isJsonObject)],
};

/** Of JSON schema, not of CustomResourceDefinitions. */
const REFUSED = ["id", "$ref", "additionalItems", "patternProperties", "definitions", "dependencies"];
const TYPES = ["string", "number", "integer", "boolean", "array", "object"];

/** Keywords with a value of the wrong sort, or that a schema must not have anywhere. */
export function keywordErrors(node: JsonObject, path: Path): readonly SchemaError[] {
  const errors: SchemaError[] = [];
  const fail = (keyword: string, message: string) => errors.push({ path: [...path, keyword], message });
  for (const [keyword, value] of Object.entries(node)) {
    if (value === null || value === undefined) continue;
    const sort = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (sort !== undefined && !tests[sort][1](value)) fail(keyword, `Expected ${tests[sort][0]}`);
  }
  for (const keyword of REFUSED) {
    if (node[keyword] !== undefined)
      fail(keyword, "Not supported in the schema of a CustomResourceDefinition");
  }
  const { type, pattern, items, additionalProperties } = node;
  if (typeof type === "string" && type !== "" && !TYPES.includes(type)) {
    const hint = type === "null" ? ": use nullable" : `: allowed are ${TYPES.join(", ")}`;
    fail("type", `There is no type "${type}"${hint}`);
  }
  if (typeof pattern === "string") {
    const error = patternError(pattern);
    if (error !== undefined) fail("pattern", `Not a regular expression in RE2 syntax: ${error}`);
  }
  if (Array.isArray(items)) fail("items", "All items have one schema: a list of schemas is not supported");
  if (additionalProperties !== undefined && typeof additionalProperties !== "boolean") {
    if (!isJsonObject(additionalProperties)) fail("additionalProperties", "Expected a schema or true");
  }
  if (node["uniqueItems"] === true) {
    fail("uniqueItems", 'Takes too long on large lists: use x-kubernetes-list-type "set"');
  }
  return errors;
}
