import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { SCHEMAS } from "./meta.ts";

/** What OpenAPI v2 has no word for. */
const DROPPED: ReadonlySet<string> = new Set(["allOf", "anyOf", "oneOf", "not", "nullable"]);

/**
 * An OpenAPI v3 schema in the words of v2, by the rules of apiextensions: what v2 cannot say becomes a value of any
 * type, since older clients refuse what a schema does not mention.
 */
export function toV2Schema(schema: JsonObject): JsonObject {
  const reference = referenceIn(schema);
  if (reference !== undefined) {
    const { description } = schema;
    const $ref = reference.replace(SCHEMAS, "#/definitions/");
    return description === undefined ? { $ref } : { description, $ref };
  }
  const anything = schema["nullable"] === true;
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (DROPPED.has(key) || value === undefined) continue;
    if ((anything || open) && (key === "items" || key === "properties")) continue;
    if (key === "type" && (anything || (open && value === "object") || isBareArray(schema, open))) continue;
    result[key] = inner(key, value);
  }
  if (Array.isArray(result["required"])) {
    const required = result["required"].filter((name: string) => !isNullable(schema, name));
    if (required.length === 0) delete result["required"];
    else result["required"] = required;
  }
  return result;
}

function inner(key: string, value: unknown): unknown {
  switch (key) {
    case "properties":
      return mapValues(value as JsonObject, toV2Schema);
    case "items":
    case "additionalProperties":
      return isJsonObject(value) ? toV2Schema(value) : value;
    default:
      return value;
  }
}

function mapValues(schemas: JsonObject, convert: (schema: JsonObject) => JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, each]) => [name, convert(each as JsonObject)]),
  );
}

/** A plain `$ref`, or one under `allOf` for the sake of its siblings. */
function referenceIn(schema: JsonObject): string | undefined {
  const { $ref, allOf } = schema;
  if (typeof $ref === "string") return $ref;
  if (!Array.isArray(allOf) || allOf.length !== 1) return undefined;
  const only = (allOf[0] as JsonObject)["$ref"];
  return typeof only === "string" ? only : undefined;
}

function isBareArray(schema: JsonObject, open: boolean): boolean {
  return schema["type"] === "array" && (open || schema["items"] === undefined);
}

function isNullable(schema: JsonObject, name: string): boolean {
  const { properties } = schema;
  const property = isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isJsonObject(property) && property["nullable"] === true;
}
