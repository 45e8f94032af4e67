import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { toOpenApi } from "../../resources/schema/openapi.ts";
import type { ServedKind } from "../registry.ts";
import { gvk, LIST_META, OBJECT_META, ref, refWith, typeProperties } from "./meta.ts";
import { definitionName, isBuiltInGroup } from "./packages.ts";
import { withPatchStrategy } from "./patch-strategy.ts";

/** The schemas of a kind and its list, by name. */
export function definitionsOf(served: ServedKind): Readonly<Record<string, JsonObject>> {
  const { group, kind, listKind } = served.kind;
  const version = served.version.name;
  return {
    [definitionName(group, version, kind)]: kindSchema(served),
    [definitionName(group, version, listKind)]: listSchema(served),
  };
}

function kindSchema({ kind: { group, kind }, version }: ServedKind): JsonObject {
  const plain = toOpenApi(version.schema);
  const schema = embed(
    isBuiltInGroup(group) ? withPatchStrategy(version.schema, plain) : plain,
  ) as JsonObject;
  return {
    ...schema,
    properties: {
      ...(schema["properties"] as JsonObject | undefined),
      ...typeProperties,
      metadata: refWith(OBJECT_META, { description: "Standard metadata of an object." }),
    },
    ...withRequired(schema, (name) => name !== "apiVersion" && name !== "kind" && name !== "metadata"),
    "x-kubernetes-group-version-kind": [gvk(group, version.name, kind)],
    ...(version.selectable !== undefined &&
      version.selectable.length > 0 && {
        "x-kubernetes-selectable-fields": version.selectable.map((path) => ({
          fieldPath: path.replace(/^\./, ""),
        })),
      }),
  };
}

/** What clients may leave to the server, or to the path that they write to, is not required of them. */
function withRequired(schema: JsonObject, keep: (name: string) => boolean): JsonObject {
  const { required } = schema;
  if (!Array.isArray(required)) return {};
  const left = (required as readonly string[]).filter(keep);
  return { required: left.length === 0 ? undefined : left };
}

/** Objects within objects have the properties of objects. */
function embed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(embed);
  if (!isJsonObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key === "properties" && isJsonObject(inner)) {
      copy[key] = Object.fromEntries(Object.entries(inner).map(([name, schema]) => [name, embed(schema)]));
    } else {
      copy[key] = key === "items" || key === "additionalProperties" ? embed(inner) : inner;
    }
  }
  if (value["x-kubernetes-embedded-resource"] !== true) return copy;
  const required = (value["required"] ?? []) as readonly string[];
  return {
    ...copy,
    properties: {
      ...(copy["properties"] as JsonObject | undefined),
      ...typeProperties,
      metadata: refWith(OBJECT_META, { description: "Standard metadata of an object." }),
    },
    required: [...new Set([...required, "kind", "apiVersion"])],
  };
}

function listSchema({ kind: { group, kind, listKind }, version: { name } }: ServedKind): JsonObject {
  return {
    type: "object",
    description: `A list of objects of kind ${kind}.`,
    properties: {
      ...typeProperties,
      items: { type: "array", description: "The objects.", items: ref(definitionName(group, name, kind)) },
      metadata: refWith(LIST_META, { description: "Standard metadata of a list." }),
    },
    required: ["items"],
    "x-kubernetes-group-version-kind": [gvk(group, name, listKind)],
  };
}
