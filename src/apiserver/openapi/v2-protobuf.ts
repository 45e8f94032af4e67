import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { Message } from "./protobuf.ts";

/**
 * An OpenAPI v2 document as a message of gnostic's `openapi.v2.Document`, which is what client-go asks for. Numbers are
 * field numbers of OpenAPIv2.proto. Covers what our own documents have.
 */
export function toProtobuf(document: JsonObject): Buffer {
  const info = document["info"] as JsonObject;
  return new Message()
    .string(1, document["swagger"])
    .message(2, new Message().string(1, info["title"]).string(2, info["version"]))
    .message(8, named(document["paths"], 2, pathItem))
    .message(9, named(document["definitions"], 1, schemaOf))
    .toBuffer();
}

/** A map as gnostic has it: entries of name and value, repeated in one field of a message of their own. */
function named(map: unknown, field: number, convert: (value: JsonObject) => Message): Message | undefined {
  if (!isJsonObject(map)) return undefined;
  const message = new Message();
  for (const [name, value] of Object.entries(map)) {
    message.message(field, new Message().string(1, name).message(2, convert(value as JsonObject)));
  }
  return message;
}

/** Any value travels as YAML text, and JSON is YAML. */
function anyOf(value: unknown): Message | undefined {
  return value === undefined ? undefined : new Message().string(2, JSON.stringify(value));
}

function extensions(message: Message, field: number, holder: JsonObject): Message {
  for (const [name, value] of Object.entries(holder)) {
    if (name.startsWith("x-")) message.message(field, new Message().string(1, name).message(2, anyOf(value)));
  }
  return message;
}

const METHODS = { get: 2, put: 3, post: 4, delete: 5, patch: 8 } as const;

function pathItem(item: JsonObject): Message {
  const message = new Message();
  for (const [method, field] of Object.entries(METHODS)) {
    const operation = item[method];
    if (isJsonObject(operation)) message.message(field, operationOf(operation));
  }
  return parameters(message, 9, item["parameters"]);
}

function operationOf(operation: JsonObject): Message {
  const message = new Message()
    .strings(1, operation["tags"])
    .string(3, operation["description"])
    .string(5, operation["operationId"])
    .strings(6, operation["produces"])
    .strings(7, operation["consumes"]);
  parameters(message, 8, operation["parameters"])
    .message(9, named(operation["responses"], 1, responseOf))
    .strings(10, operation["schemes"]);
  return extensions(message, 13, operation);
}

function responseOf(response: JsonObject): Message {
  const { schema } = response;
  const item = isJsonObject(schema) ? new Message().message(1, schemaOf(schema)) : undefined;
  return new Message().message(1, new Message().string(1, response["description"]).message(2, item));
}

function parameters(message: Message, field: number, list: unknown): Message {
  for (const parameter of (list ?? []) as readonly JsonObject[]) {
    message.message(field, new Message().message(1, parameterOf(parameter)));
  }
  return message;
}

function parameterOf(parameter: JsonObject): Message {
  const { in: place, name, description, required, type } = parameter;
  if (place === "body") {
    const body = new Message().string(1, description).string(2, name).string(3, place).bool(4, required);
    return new Message().message(1, body.message(5, schemaOf(parameter["schema"] as JsonObject)));
  }
  const simple = new Message().bool(1, required).string(2, place).string(3, description).string(4, name);
  const query = place === "query";
  // The two kinds of parameters differ in one field (allow_empty_value) that moves the others.
  simple.string(query ? 6 : 5, type).bool(query ? 20 : 19, parameter["uniqueItems"]);
  return new Message().message(2, new Message().message(query ? 3 : 4, simple));
}

function schemaOf(schema: JsonObject): Message {
  const { type, items, additionalProperties } = schema;
  const message = new Message()
    .string(1, schema["$ref"])
    .string(2, schema["format"])
    .string(3, schema["title"])
    .string(4, schema["description"])
    .message(5, anyOf(schema["default"]))
    .double(6, schema["multipleOf"])
    .double(7, schema["maximum"])
    .bool(8, schema["exclusiveMaximum"])
    .double(9, schema["minimum"])
    .bool(10, schema["exclusiveMinimum"])
    .integer(11, schema["maxLength"])
    .integer(12, schema["minLength"])
    .string(13, schema["pattern"])
    .integer(14, schema["maxItems"])
    .integer(15, schema["minItems"])
    .bool(16, schema["uniqueItems"])
    .integer(17, schema["maxProperties"])
    .integer(18, schema["minProperties"])
    .strings(19, schema["required"]);
  for (const value of (schema["enum"] ?? []) as readonly unknown[]) message.message(20, anyOf(value));
  if (isJsonObject(additionalProperties)) {
    message.message(21, new Message().message(1, schemaOf(additionalProperties)));
  } else if (additionalProperties !== undefined) {
    message.message(21, new Message().bool(2, additionalProperties));
  }
  message.message(22, typeof type === "string" ? new Message().strings(1, [type]) : undefined);
  if (isJsonObject(items)) message.message(23, new Message().message(1, schemaOf(items)));
  message.message(25, named(schema["properties"], 1, schemaOf));
  return extensions(message, 31, schema);
}
