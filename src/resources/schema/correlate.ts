import { isJsonObject } from "../json.ts";
import type { ArraySchema } from "./schema.ts";

/**
 * Finds what stood for an entry of a list before. Only lists of type `map` tell: by their keys, and an entry
 * without all of them is new.
 */
export function oldItems(schema: ArraySchema, previous: unknown): (item: unknown) => unknown {
  const { mapKeys } = schema;
  if (schema.listType !== "map" || mapKeys === undefined || !Array.isArray(previous)) return nothing;
  const items = new Map<string, unknown>();
  for (const item of previous) {
    const key = keyOf(mapKeys, item);
    if (key !== undefined && !items.has(key)) items.set(key, item);
  }
  return (item) => {
    const key = keyOf(mapKeys, item);
    return key === undefined ? undefined : items.get(key);
  };
}

function nothing(): undefined {}

function keyOf(mapKeys: readonly string[], item: unknown): string | undefined {
  if (!isJsonObject(item)) return undefined;
  const parts: unknown[] = [];
  for (const name of mapKeys) {
    const part = Object.hasOwn(item, name) ? item[name] : undefined;
    if (part === undefined || part === null || typeof part === "object") return undefined;
    parts.push(part);
  }
  return JSON.stringify(parts);
}
