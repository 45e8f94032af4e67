import { isJsonObject, type JsonObject } from "../json.ts";
import type { SchemaError } from "./from-openapi.ts";
import { extensionErrors } from "./extensions.ts";
import { keywordErrors } from "./keywords.ts";
import { nestedErrors } from "./nested.ts";
import type { Path } from "./schema.ts";

/** Where a schema stands: at the root of a resource, as the items of a list, or as a field. */
export type Level = "root" | "items" | "field";

/** What a schema inherits from those around it. */
export interface Surroundings {
  readonly level: Level;
  /** Why defaults are not allowed here, if they are not. */
  readonly noDefault?: string;
  /** Inside the apiVersion, kind or metadata of a resource. */
  readonly meta?: true;
}

/** Schemas in each other: kinds have some twenty. */
const MAX_DEPTH = 200;

/** What an API server would refuse in the schema of a CustomResourceDefinition, but for its defaults and rules. */
export function structuralErrors(openapi: unknown, level: Level): readonly SchemaError[] {
  return nodeErrors(openapi, [], { level });
}

function nodeErrors(node: unknown, path: Path, around: Surroundings): readonly SchemaError[] {
  if (!isJsonObject(node)) return [{ path, message: "Expected a schema: a map of keywords" }];
  if (path.length > 2 * MAX_DEPTH) return [{ path, message: `Too deep: at most ${MAX_DEPTH} levels` }];
  const keywords = keywordErrors(node, path);
  // The others read keywords without looking at their types again.
  if (keywords.length > 0) return keywords;
  return [
    ...typeErrors(node, path, around.level),
    ...resourceErrors(node, path, around.level),
    ...placeErrors(node, path, around),
    ...extensionErrors(node, path),
    ...nestedErrors(node, path),
    ...childErrors(node, path, around),
  ];
}

function typeErrors(node: JsonObject, path: Path, level: Level): readonly SchemaError[] {
  const errors: SchemaError[] = [];
  const type = node["type"];
  const free = node["x-kubernetes-int-or-string"] === true || preserves(node);
  const at = [...path, "type"];
  if (level === "root" && type !== "object") {
    errors.push({ path: at, message: 'The schema of a resource must have type "object"' });
  } else if ((type === undefined || type === "") && !free) {
    errors.push({ path: at, message: `Missing type: ${TYPES}` });
  }
  if (type === "array" && node["items"] === undefined) {
    errors.push({ path: [...path, "items"], message: "A list needs the schema of its items" });
  }
  if (node["x-kubernetes-int-or-string"] === true && preserves(node)) {
    errors.push({
      path: [...path, "x-kubernetes-preserve-unknown-fields"],
      message: "Does not go with x-kubernetes-int-or-string",
    });
  }
  return errors;
}

const TYPES = 'one of "object", "array", "string", "integer", "number", "boolean"';

/** Of resources and of those embedded in others. */
function resourceErrors(node: JsonObject, path: Path, level: Level): readonly SchemaError[] {
  const errors: SchemaError[] = [];
  const properties = node["properties"] as JsonObject | undefined;
  const embedded = node["x-kubernetes-embedded-resource"] === true;
  const fail = (name: string, message: string) => errors.push({ path: [...path, name], message });
  if (node["additionalProperties"] !== undefined && (level === "root" || embedded)) {
    fail("additionalProperties", "A resource has fields of its own: list them in properties");
  }
  if (level === "root" && node["nullable"] === true) fail("nullable", "A resource cannot be null");
  if (embedded && node["type"] !== "object") {
    fail("type", 'Must be "object" where x-kubernetes-embedded-resource is true');
  }
  if (embedded && node["x-kubernetes-int-or-string"] === true) {
    fail("x-kubernetes-embedded-resource", "Does not go with x-kubernetes-int-or-string");
  }
  if (embedded && !preserves(node) && Object.keys(properties ?? {}).length === 0) {
    fail("properties", "An embedded resource needs fields, or x-kubernetes-preserve-unknown-fields");
  }
  if (properties === undefined || (level !== "root" && !embedded)) return errors;
  for (const [name, type] of Object.entries({ apiVersion: "string", kind: "string", metadata: "object" })) {
    const field = properties[name];
    if (!isJsonObject(field)) continue;
    if (field["type"] !== type) {
      errors.push({ path: [...path, "properties", name, "type"], message: `Must be "${type}"` });
    }
    if (name === "metadata" && level === "root")
      errors.push(...metadataErrors(field, [...path, "properties"]));
  }
  return errors;
}

const OF_METADATA = new Set(["type", "description", "title", "properties", "default"]);

function metadataErrors(metadata: JsonObject, path: Path): readonly SchemaError[] {
  const names = Object.keys((metadata["properties"] as JsonObject | undefined) ?? {});
  const others = Object.keys(metadata).some((keyword) => !OF_METADATA.has(keyword));
  if (!others && names.every((name) => name === "name" || name === "generateName")) return [];
  return [
    {
      path: [...path, "metadata"],
      message: "Metadata is known: only its name and generateName may be limited",
    },
  ];
}

function placeErrors(node: JsonObject, path: Path, around: Surroundings): readonly SchemaError[] {
  const errors: SchemaError[] = [];
  const preset = node["default"];
  if (preset !== undefined && preset !== null && around.noDefault !== undefined) {
    errors.push({ path: [...path, "default"], message: `No default is allowed ${around.noDefault}` });
  }
  if (around.meta === true && node["x-kubernetes-embedded-resource"] === true) {
    errors.push({
      path: [...path, "x-kubernetes-embedded-resource"],
      message: "Not allowed inside of metadata",
    });
  }
  const { properties, additionalProperties } = node;
  const fields = isJsonObject(properties) && Object.keys(properties).length > 0;
  if (fields && additionalProperties !== undefined && additionalProperties !== true) {
    errors.push({
      path: [...path, "additionalProperties"],
      message: "Does not go with properties: an object has either fields or entries of one sort",
    });
  }
  return errors;
}

const META = new Set(["apiVersion", "kind", "metadata"]);

function childErrors(node: JsonObject, path: Path, around: Surroundings): readonly SchemaError[] {
  const errors: SchemaError[] = [];
  const resource = around.level === "root" || node["x-kubernetes-embedded-resource"] === true;
  const inherited = {
    ...(around.meta === true && { meta: true as const }),
    ...(around.noDefault !== undefined && { noDefault: around.noDefault }),
  };
  for (const [name, field] of Object.entries((node["properties"] as JsonObject | undefined) ?? {})) {
    const meta = resource && META.has(name);
    errors.push(
      ...nodeErrors(field, [...path, "properties", name], {
        ...inherited,
        level: "field",
        ...(meta && { meta: true }),
        ...(meta && around.level === "root" && { noDefault: `in the ${name} of a resource` }),
      }),
    );
  }
  const values = node["additionalProperties"];
  if (isJsonObject(values)) {
    const noDefault = around.meta === true ? { noDefault: "in the entries of a map in metadata" } : {};
    const surroundings = { ...inherited, ...noDefault, level: "field" as const };
    errors.push(...nodeErrors(values, [...path, "additionalProperties"], surroundings));
  }
  if (node["items"] !== undefined) {
    errors.push(...nodeErrors(node["items"], [...path, "items"], { ...inherited, level: "items" }));
  }
  return errors;
}

function preserves(node: JsonObject): boolean {
  return node["x-kubernetes-preserve-unknown-fields"] === true;
}

/** Without the alternatives that int-or-string is allowed to spell out, although they speak of types. */
export function withoutIntOrString(node: JsonObject): JsonObject {
  if (isIntOrString(node["anyOf"])) {
    const { anyOf: _, ...rest } = node;
    return rest;
  }
  const [first, ...others] = (node["allOf"] as readonly JsonObject[] | undefined) ?? [];
  if (first === undefined || !isIntOrString(first["anyOf"])) return node;
  const { anyOf: _, ...limits } = first;
  return { ...node, allOf: [...(Object.keys(limits).length > 0 ? [limits] : []), ...others] };
}

function isIntOrString(anyOf: unknown): boolean {
  return JSON.stringify(anyOf) === '[{"type":"integer"},{"type":"string"}]';
}
