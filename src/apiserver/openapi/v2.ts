import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { ServedKind } from "../registry.ts";
import { definitionsOf } from "./definitions.ts";
import { metaDefinitions } from "./meta.ts";
import { pathsOf } from "./operations.ts";
import { toV2Schema } from "./v2-schema.ts";

/** The OpenAPI v2 (Swagger) document of all kinds. */
export function openApiV2(kinds: readonly ServedKind[]): JsonObject {
  const definitions: Record<string, JsonObject> = {};
  const paths: Record<string, JsonObject> = {};
  for (const schemas of [metaDefinitions, ...kinds.map(definitionsOf)]) {
    for (const [name, schema] of Object.entries(schemas)) definitions[name] = definition(schema);
  }
  for (const kind of kinds) {
    for (const [path, item] of Object.entries(pathsOf(kind))) paths[path] = toV2Path(item);
  }
  return { swagger: "2.0", info: { title: "Kubernetes", version: "unversioned" }, paths, definitions };
}

/** A kind that keeps unknown fields says no more than what it is: clients refuse fields that it does not mention. */
function definition(schema: JsonObject): JsonObject {
  const GVK = "x-kubernetes-group-version-kind";
  if (schema["x-kubernetes-preserve-unknown-fields"] !== true) return toV2Schema(schema);
  return { type: "object", description: schema["description"], [GVK]: schema[GVK] };
}

function toV2Path(item: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) =>
      key === "parameters" ? [key, toV2Parameters(value)] : [key, toV2Operation(value as JsonObject)],
    ),
  );
}

function toV2Parameters(parameters: unknown): readonly JsonObject[] {
  return ((parameters ?? []) as readonly JsonObject[]).map(({ schema, ...rest }) => ({
    ...rest,
    ...(schema as JsonObject),
  }));
}

function toV2Operation({ parameters, requestBody, responses, ...rest }: JsonObject): JsonObject {
  const body = isJsonObject(requestBody) ? mediaTypes(requestBody) : undefined;
  const answers = Object.entries(responses as Readonly<Record<string, JsonObject>>);
  const content = { in: "body", name: "body", required: true };
  return {
    ...rest,
    consumes: body === undefined ? ["*/*"] : Object.keys(body),
    produces: Object.keys(mediaTypes(answers[0]![1])),
    schemes: ["https"],
    parameters: [
      ...(body === undefined ? [] : [{ ...content, schema: schemaIn(body) }]),
      ...toV2Parameters(parameters),
    ],
    responses: Object.fromEntries(
      answers.map(([code, answer]) => {
        const types = mediaTypes(answer);
        const { description } = answer;
        return [
          code,
          Object.keys(types).length === 0 ? { description } : { description, schema: schemaIn(types) },
        ];
      }),
    ),
  };
}

function mediaTypes(holder: JsonObject): Readonly<Record<string, JsonObject>> {
  return (holder["content"] ?? {}) as Readonly<Record<string, JsonObject>>;
}

/** v2 has one schema for all media types, and so have our operations. */
function schemaIn(types: Readonly<Record<string, JsonObject>>): JsonObject {
  return toV2Schema(Object.values(types)[0]!["schema"] as JsonObject);
}
