import type { JsonObject } from "../../resources/json.ts";
import type { Schema } from "../../resources/schema/schema.ts";

/**
 * Adds to an OpenAPI schema how strategic merge patches treat its lists and objects
 * (`x-kubernetes-patch-strategy`, `x-kubernetes-patch-merge-key`), which CRDs have no room for: kubectl makes its
 * patches of built-in kinds by that. `openApi` was made from `schema`.
 */
export function withPatchStrategy(schema: Schema, openApi: JsonObject): JsonObject {
  const strategy = strategyOf(schema);
  return {
    ...openApi,
    ...insideOf(schema, openApi),
    ...(schema.type === "array" &&
      schema.patchMergeKey !== undefined && { "x-kubernetes-patch-merge-key": schema.patchMergeKey }),
    ...(strategy !== "" && { "x-kubernetes-patch-strategy": strategy }),
  };
}

function insideOf(schema: Schema, openApi: JsonObject): JsonObject {
  switch (schema.type) {
    case "array":
      return { items: withPatchStrategy(schema.items, openApi["items"] as JsonObject) };
    case "map":
      return {
        additionalProperties: withPatchStrategy(schema.values, openApi["additionalProperties"] as JsonObject),
      };
    case "object": {
      const properties = openApi["properties"] as Readonly<Record<string, JsonObject>> | undefined;
      if (properties === undefined) return {};
      const entries = Object.entries(properties).map(([name, property]): [string, JsonObject] => [
        name,
        withPatchStrategy(schema.fields[name]!, property),
      ]);
      return { properties: Object.fromEntries(entries) };
    }
    default:
      return {};
  }
}

function strategyOf(schema: Schema): string {
  const strategies: string[] = [];
  if (schema.type === "array" && (schema.patchMergeKey !== undefined || schema.patchMerge === true)) {
    strategies.push("merge");
  }
  if ((schema.type === "array" || schema.type === "object") && schema.retainKeys === true) {
    strategies.push("retainKeys");
  }
  return strategies.join(",");
}
