import { isJsonObject, type JsonObject } from "../json.ts";
import { checkDefaults } from "./defaults.ts";
import { put } from "./put.ts";
import { checkRules } from "./rule-check.ts";
import {
  any,
  optional,
  string,
  type Constraint,
  type ObjectSchema,
  type Path,
  type Rule,
  type Schema,
} from "./schema.ts";
import { structuralErrors, withoutIntOrString } from "./structural.ts";

export interface SchemaError {
  /** In the OpenAPI schema. */
  readonly path: Path;
  readonly message: string;
}

export interface FromOpenApiOptions {
  /** The schema of the metadata of resources; then the schema is that of a whole resource. */
  readonly metadata?: ObjectSchema;
}

export interface Converted {
  /** Only meaningful when there is no error. */
  readonly schema: Schema;
  readonly errors: readonly SchemaError[];
}

/** Reads an OpenAPI v3 schema of a CustomResourceDefinition. Refuses what an API server refuses; never throws. */
export function fromOpenApi(openapi: unknown, { metadata }: FromOpenApiOptions = {}): Converted {
  const errors: SchemaError[] = [...structuralErrors(openapi, metadata === undefined ? "field" : "root")];
  if (errors.length > 0) return { schema: any(), errors };
  const reader = new Reader(metadata);
  const sound = withoutNulls(openapi) as JsonObject;
  const read = reader.read(sound);
  const schema = metadata !== undefined && read.type === "object" ? reader.resource(read, sound) : read;
  errors.push(...checkRules(schema));
  if (errors.length === 0) errors.push(...checkDefaults(schema));
  return { schema, errors };
}

/** A keyword that is null is one that is not there, as for the API server. @param node Not too deep. */
function withoutNulls(node: unknown): unknown {
  if (!isJsonObject(node)) return node;
  const kept = Object.entries(node).filter(([, value]) => value !== null);
  return Object.fromEntries(kept.map(([keyword, value]) => [keyword, nestedWithoutNulls(keyword, value)]));
}

function nestedWithoutNulls(keyword: string, value: unknown): unknown {
  switch (keyword) {
    case "items":
    case "additionalProperties":
    case "not":
      return withoutNulls(value);
    case "allOf":
    case "anyOf":
    case "oneOf":
      return Array.isArray(value) ? value.map(withoutNulls) : value;
    case "properties": {
      if (!isJsonObject(value)) return value;
      const fields: Record<string, unknown> = {};
      for (const [name, field] of Object.entries(value)) put(fields, name, withoutNulls(field));
      return fields;
    }
    default:
      return value;
  }
}

class Reader {
  private readonly metadata: ObjectSchema | undefined;

  constructor(metadata: ObjectSchema | undefined) {
    this.metadata = metadata;
  }

  read(node: JsonObject): Schema {
    const shape = this.shape(node);
    const { description, nullable } = node;
    const rules = node["x-kubernetes-validations"] as readonly Rule[] | undefined;
    const plain = withoutIntOrString(node);
    const extra = extraConstraint(node, shape);
    const allOf = [...((plain["allOf"] as readonly Constraint[] | undefined) ?? []), ...extra];
    return {
      ...shape,
      ...(typeof description === "string" && { description }),
      ...(nullable === true && { nullable }),
      ...(node["default"] !== undefined && node["default"] !== null && { default: node["default"] }),
      ...(rules !== undefined && rules.length > 0 && { rules: rules.map(toRule) }),
      ...(allOf.length > 0 && { allOf }),
      ...picked(plain, ["anyOf", "oneOf", "not"]),
    };
  }

  private shape(node: JsonObject): Schema {
    if (node["x-kubernetes-int-or-string"] === true) return { type: "intOrString" };
    switch (node["type"]) {
      case "object":
        return this.object(node);
      case "array":
        return this.array(node);
      case "string":
        return {
          type: "string",
          ...(isListOf(node["enum"], "string") && { enum: node["enum"] }),
          ...picked(node, ["pattern", "format", "minLength", "maxLength"]),
          foreign: true,
        };
      case "integer":
        return { type: "integer", ...numbers(node, ["int32", "int64"]) };
      case "number":
        return { type: "number", ...numbers(node, ["float", "double"]) };
      case "boolean":
        return { type: "boolean", ...(isListOf(node["enum"], "boolean") && { enum: node["enum"] }) };
      default:
        return node["properties"] === undefined
          ? { type: "any" }
          : { type: "any", object: this.fields(node) };
    }
  }

  private object(node: JsonObject): Schema {
    const values = node["additionalProperties"];
    const sizes = {
      ...(node["x-kubernetes-map-type"] === "atomic" && { atomic: true as const }),
      ...picked(node, ["minProperties", "maxProperties"]),
    };
    if (isJsonObject(values)) return { type: "map", values: this.read(values), ...sizes };
    if (values === false) return { type: "map", values: any(), ...sizes, maxProperties: 0 };
    if (values === true && node["properties"] === undefined) return { type: "map", values: any(), ...sizes };
    const fields = this.fields(node);
    return node["x-kubernetes-embedded-resource"] === true
      ? { ...this.resource(fields, node), ...sizes }
      : { ...fields, ...sizes };
  }

  private fields(node: JsonObject): ObjectSchema {
    const required = new Set((node["required"] as readonly string[] | undefined) ?? []);
    const fields: Record<string, Schema> = {};
    for (const [name, each] of Object.entries((node["properties"] as JsonObject | undefined) ?? {})) {
      const field = this.read(each as JsonObject);
      put(fields, name, required.has(name) ? field : { ...field, optional: true });
    }
    const open =
      node["x-kubernetes-preserve-unknown-fields"] === true || node["additionalProperties"] === true;
    return { type: "object", fields, open };
  }

  private array(node: JsonObject): Schema {
    const keys = node["x-kubernetes-list-map-keys"] as readonly string[] | undefined;
    const keep = node["x-kubernetes-preserve-unknown-fields"] === true;
    const items = this.read(node["items"] as JsonObject);
    return {
      type: "array",
      items: keep && items.type === "object" ? { ...items, open: true } : items,
      listType: (node["x-kubernetes-list-type"] as "atomic" | "set" | "map" | undefined) ?? "atomic",
      ...(keys !== undefined && keys.length > 0 && { mapKeys: keys }),
      ...picked(node, ["minItems", "maxItems"]),
    };
  }

  /** Adds what every resource has and no CRD may describe. */
  resource(schema: ObjectSchema, node: JsonObject): ObjectSchema {
    const properties = (node["properties"] as JsonObject | undefined) ?? {};
    const names = (properties["metadata"] as JsonObject | undefined)?.["properties"];
    const metadata: Schema = this.metadata ?? { type: "object", fields: {}, open: true };
    const limits = isJsonObject(names) ? { allOf: [{ properties: names }] } : {};
    const { apiVersion, kind, metadata: _, ...fields } = schema.fields;
    const common = { metadata: { ...metadata, ...limits } as Schema };
    if (node["x-kubernetes-embedded-resource"] !== true) {
      const type = { type: "string", optional: true } as const;
      return {
        ...schema,
        fields: { apiVersion: apiVersion ?? type, kind: kind ?? type, ...common, ...fields },
      };
    }
    return {
      ...schema,
      embedded: true,
      fields: {
        apiVersion: string({ ...API_VERSION, ...described(apiVersion) }),
        kind: string({ ...KIND, ...described(kind) }),
        metadata: optional(common.metadata),
        ...fields,
      },
    };
  }
}

const API_VERSION = { pattern: "^[^/]+(/[^/]+)?$", form: "an apiVersion such as apps/v1" } as const;
const KIND = {
  pattern: "^[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?$",
  form: "the name of a kind, such as Service",
  maxLength: 63,
} as const;

function described(schema: Schema | undefined): { readonly description?: string } {
  return schema?.description === undefined ? {} : { description: schema.description };
}

const NUMBER_KEYWORDS = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"] as const;
const STRING_KEYWORDS = ["pattern", "format", "minLength", "maxLength"] as const;

/** What the type of schema has no place for and the API server checks all the same. */
function extraConstraint(node: JsonObject, shape: Schema): readonly Constraint[] {
  const extra: Record<string, unknown> = {};
  if (node["enum"] !== undefined && !("enum" in shape)) extra["enum"] = node["enum"];
  if (shape.type === "intOrString" || shape.type === "any") {
    Object.assign(extra, picked(node, [...NUMBER_KEYWORDS, ...STRING_KEYWORDS]));
  }
  if (shape.type === "any") {
    Object.assign(extra, picked(node, ["minItems", "maxItems", "minProperties", "maxProperties"]));
  }
  const known = shape.type === "object" ? shape.fields : {};
  const required = (node["required"] as readonly string[] | undefined) ?? [];
  const unknown = required.filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0 && (shape.type === "object" || shape.type === "map")) extra["required"] = unknown;
  return Object.keys(extra).length === 0 ? [] : [extra];
}

function numbers(node: JsonObject, formats: readonly string[]): JsonObject {
  const { minimum, maximum, multipleOf, format } = node;
  return {
    ...(isListOf(node["enum"], "number") && { enum: node["enum"] }),
    ...(formats.includes(format as string) && { format }),
    ...(minimum !== undefined && { min: minimum }),
    ...(maximum !== undefined && { max: maximum }),
    ...(node["exclusiveMinimum"] === true && { exclusiveMin: true }),
    ...(node["exclusiveMaximum"] === true && { exclusiveMax: true }),
    ...(multipleOf !== undefined && { multipleOf }),
  };
}

function toRule(rule: Rule): Rule {
  return picked(rule as unknown as JsonObject, [
    "rule",
    "message",
    "messageExpression",
    "reason",
    "fieldPath",
    "optionalOldSelf",
  ]) as unknown as Rule;
}

interface Plain {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
}

function isListOf<Name extends keyof Plain>(value: unknown, type: Name): value is readonly Plain[Name][] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === type);
}

function picked(node: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.filter((name) => node[name] !== undefined && node[name] !== "").map((name) => [name, node[name]]),
  );
}
