import { equalValues } from "../../resources/equality.ts";
import type { ArraySchema, Schema } from "../../resources/schema/schema.ts";
import { type Draft, field, setField } from "../patch/value.ts";
import { itemElement } from "./path-element.ts";
import { fieldSchema, isEmptyContainer, isItems, shapeOf } from "./shape.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * `live` with what `applied` says; nothing is removed. The result shares with both, and is `live` itself when that
 * already is as applied, order of elements included. `undefined` is nothing at all.
 */
export function mergeValues(live: unknown, applied: unknown, schema: Schema | undefined): unknown {
  if (applied === undefined) return live;
  if (live === undefined) return applied;
  const shape = shapeOf(applied, schema);
  if (shape === "leaf" || shapeOf(live, schema) !== shape) return equalValues(live, applied) ? live : applied;
  if (isEmptyContainer(applied)) {
    return isEmptyContainer(live) && !equalValues(live, applied) ? applied : live;
  }
  if (shape === "items") {
    if (!isItems(schema)) return applied;
    return mergeItems((live ?? []) as readonly unknown[], applied as readonly unknown[], schema);
  }
  return mergeFields((live ?? {}) as Fields, applied as Fields, schema);
}

function mergeFields(live: Fields, applied: Fields, schema: Schema | undefined): unknown {
  let merged: Draft | undefined;
  for (const name of Object.keys(applied)) {
    const before = field(live, name);
    const after = mergeValues(before, applied[name], fieldSchema(schema, name));
    if (after !== before) setField((merged ??= { ...live }), name, after);
  }
  return merged ?? live;
}

/**
 * Elements that are applied come in the applied order. The others stay, each where it was in relation to the applied
 * elements around it, as far as that can be.
 */
function mergeItems(live: readonly unknown[], applied: readonly unknown[], schema: ArraySchema): unknown {
  const liveKeys = live.map((item) => itemElement(item, schema));
  const appliedKeys = applied.map((item) => itemElement(item, schema));
  const liveItems = new Map<string, unknown>();
  // Of elements that occur several times none is merged with what is applied: that replaces them all.
  for (const [index, key] of liveKeys.entries()) liveItems.set(key, liveItems.has(key) ? null : live[index]);
  const appliedSet = new Set(appliedKeys);
  const shared = appliedKeys.filter((key) => liveItems.has(key));
  const done = new Set<string>();
  const merged: unknown[] = [];
  let nextShared = 0;
  let at = 0;
  let next = 0;
  const take = (): void => {
    const key = appliedKeys[next] as string;
    merged.push(mergeValues(liveItems.get(key), applied[next], schema.items));
    done.add(key);
    if (shared[nextShared] === key) nextShared++;
    next++;
  };
  while (at < live.length || next < applied.length) {
    const key = liveKeys[at];
    if (key !== undefined && next < applied.length) {
      if (key === appliedKeys[next]) {
        take();
        at++;
        continue;
      }
      // It is applied, but its turn is another one.
      if (appliedSet.has(key) && nextShared < shared.length && shared[nextShared] !== key) {
        at++;
        continue;
      }
    }
    if (key !== undefined && !appliedSet.has(key)) {
      merged.push(live[at]);
      at++;
      continue;
    }
    if (key !== undefined && done.has(key)) at++;
    if (next < applied.length) take();
  }
  const same = merged.length === live.length && merged.every((item, index) => item === live[index]);
  return same ? live : merged;
}
