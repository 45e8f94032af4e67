import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { ArraySchema, Schema } from "../../resources/schema/schema.ts";
import { badPatch, hasDirective, mergeObject, withoutDirectives } from "./strategic-merge-patch.ts";
import { field } from "./value.ts";

type List = readonly unknown[];

/** Merges as the schema says, and puts what the patch lists in the order of the patch. */
export function mergeList(original: List, patch: List, schema: Schema | undefined, path: string): List {
  if (!isMerged(schema)) return patch;
  if (original.length === 0 && patch.length === 0) return original;
  const identity = identify(schema, path);
  if (schema.patchMergeKey === undefined) {
    const merged = [...new Set([...original, ...patch].map(identity))];
    return arrange(merged, patch, original, identity);
  }
  const { rest, changes } = applyItemDirectives(original, patch, schema.patchMergeKey, path);
  return arrange(mergeItems(rest, changes, schema, path), changes, rest, identity);
}

/**
 * Merges a list that the patch orders (`$setElementOrder`): what `order` names comes in that order, the rest stays
 * about where it was.
 */
export function orderList(
  original: List | undefined,
  patch: List | undefined,
  order: List,
  schema: Schema | undefined,
  path: string,
): List {
  const list = schema?.type === "array" ? schema : undefined;
  const identity = identify(list, path);
  if (patch !== undefined) checkOrder(patch, order, identity, path);
  const merged =
    patch === undefined
      ? (original ?? [])
      : original === undefined
        ? (withoutDirectives(patch) as List)
        : mergeList(original, patch, schema, path);
  return arrange(merged, order, original ?? [], identity);
}

function isMerged(schema: Schema | undefined): schema is ArraySchema {
  return schema?.type === "array" && (schema.patchMergeKey !== undefined || schema.patchMerge === true);
}

/** What tells an element from the others: its merge key, or itself. */
function identify(schema: ArraySchema | undefined, path: string): (item: unknown) => unknown {
  const key = schema?.patchMergeKey;
  return (item) => {
    if (key === undefined) {
      if (typeof item !== "object" || item === null) return item;
      throw badPatch(path, "only lists of strings, numbers and booleans can be merged without a merge key");
    }
    if (!isJsonObject(item)) throw badPatch(path, "the elements must be objects");
    const value = field(item, key);
    if (value !== undefined && (typeof value !== "object" || value === null)) return value;
    throw badPatch(path, `an element has no "${key}", by which the elements of this list are told apart`);
  };
}

/** Deletes and replaces elements as `$patch` in the elements of the patch says; `changes` are the other elements. */
function applyItemDirectives(
  original: List,
  patch: List,
  key: string,
  path: string,
): { readonly rest: List; readonly changes: List } {
  const changes: unknown[] = [];
  const deleted = new Set<unknown>();
  let replaced = false;
  for (const item of patch) {
    if (!hasDirective(item)) {
      changes.push(item);
      continue;
    }
    const directive = item["$patch"];
    if (directive === "replace") {
      replaced = true;
    } else if (directive === "delete") {
      if (!Object.hasOwn(item, key)) throw badPatch(path, `an element to delete has no "${key}"`);
      deleted.add(item[key]);
    } else {
      throw badPatch(
        path,
        `unknown directive "$patch: ${JSON.stringify(directive)}" in an element; allowed are delete and replace`,
      );
    }
  }
  if (replaced) return { rest: withoutDirectives(changes) as List, changes: [] };
  if (deleted.size === 0) return { rest: original, changes };
  return { rest: original.filter((item) => !isJsonObject(item) || !deleted.has(field(item, key))), changes };
}

function mergeItems(original: List, changes: List, schema: ArraySchema, path: string): List {
  const identity = identify(schema, path);
  const merged = [...original];
  const index = firstIndexes(original, identity);
  for (const change of changes) {
    const key = identity(change);
    const found = index.get(key);
    if (found === undefined) {
      index.set(key, merged.length);
      merged.push(withoutDirectives(change));
    } else {
      const at = `${path}[${JSON.stringify(key)}]`;
      merged[found] = mergeObject(merged[found] as JsonObject, change as JsonObject, schema.items, at);
    }
  }
  return merged;
}

/** The patch must not list its elements in another order than its `$setElementOrder`, nor others. */
function checkOrder(patch: List, order: List, identity: (item: unknown) => unknown, path: string): void {
  if (order.length === 0 || patch.length === 0) return;
  let next = 0;
  for (const item of patch) {
    if (hasDirective(item)) continue;
    const key = identity(item);
    while (next < order.length && identity(order[next]) !== key) next++;
    if (next === order.length) {
      throw badPatch(path, "the elements of the patch are not in the order that its $setElementOrder lists");
    }
    next++;
  }
}

/**
 * Elements that `order` names come in that order. The others keep the order they had on the server, each before the
 * first of the named elements that it preceded there.
 */
function arrange(merged: List, order: List, server: List, identity: (item: unknown) => unknown): List {
  const wanted = firstIndexes(order, identity);
  const before = firstIndexes(server, identity);
  const rank = (indexes: ReadonlyMap<unknown, number>, item: unknown): number =>
    indexes.get(identity(item)) ?? Number.POSITIVE_INFINITY;
  const byRank = (indexes: ReadonlyMap<unknown, number>) => (a: unknown, b: unknown) =>
    rank(indexes, a) < rank(indexes, b) ? -1 : rank(indexes, a) > rank(indexes, b) ? 1 : 0;
  const named = merged.filter((item) => wanted.has(identity(item))).sort(byRank(wanted));
  const others = merged.filter((item) => !wanted.has(identity(item))).sort(byRank(before));
  const arranged: unknown[] = [];
  let next = 0;
  for (const item of named) {
    const limit = before.get(identity(item)) ?? -1;
    for (; next < others.length && rank(before, others[next]) < limit; next++) arranged.push(others[next]);
    arranged.push(item);
  }
  return [...arranged, ...others.slice(next)];
}

/** Of several elements that are told apart by nothing, the first counts. */
function firstIndexes(list: List, identity: (item: unknown) => unknown): Map<unknown, number> {
  const indexes = new Map<unknown, number>();
  for (const [index, item] of list.entries()) {
    const key = identity(item);
    if (!indexes.has(key)) indexes.set(key, index);
  }
  return indexes;
}
