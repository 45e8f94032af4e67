import type { JsonObject } from "../../resources/json.ts";
import type { ServedKind } from "../registry.ts";
import { toStored, toVersion } from "./codec.ts";
import { conflict } from "./fault.ts";
import { metaOf, timestamp, withMeta } from "./meta.ts";
import type { Objects } from "./objects.ts";
import type { DeleteOptions, Write } from "./write.ts";

export interface Removal {
  readonly object: JsonObject;
  /** False while finalizers or a grace period keep it. */
  readonly isGone: boolean;
}

/** Held until the garbage collector has let go of the dependents, or has removed them. */
export const ORPHAN = "orphan";
export const FOREGROUND = "foregroundDeletion";

/**
 * Deletes an object: at once, or by marking it when finalizers, dependents or a grace period have to pass first.
 * Throws NotFound, Conflict when a precondition does not hold, and what the kind and admission object to.
 */
export function removeObject(
  objects: Objects,
  served: ServedKind,
  namespace: string,
  name: string,
  options: DeleteOptions,
  write: Write,
): Removal {
  const { kind } = served;
  const live = objects.get(served, namespace, name);
  const meta = metaOf(live);
  requirePreconditions(served, name, live, options);
  const strategy = objects.strategyOf(kind);
  const now = objects.now();
  strategy.mayDelete?.(live, { objects, served, write, now });
  objects.admit({ operation: "DELETE", served, oldObject: live, namespace, name, write });
  const finalizers = finalizersFor(meta.finalizers ?? [], options.propagationPolicy);
  const grace = strategy.gracePeriod?.(live, options) ?? 0;
  const isHeld = finalizers.length > 0 || grace > 0 || strategy.isHeld?.(live) === true;
  if (!isHeld) return { object: objects.discard(served, namespace, name, live, write.dryRun), isGone: true };
  const isShorter = meta.deletionGracePeriodSeconds !== undefined && grace < meta.deletionGracePeriodSeconds;
  if (meta.deletionTimestamp !== undefined && !isShorter && sameList(finalizers, meta.finalizers ?? [])) {
    return { object: live, isGone: false };
  }
  const isFirst = meta.deletionTimestamp === undefined;
  const marked = withMeta(strategy.deleting?.(live) ?? live, {
    deletionTimestamp:
      isFirst || isShorter ? timestamp(new Date(now.getTime() + grace * 1000)) : meta.deletionTimestamp,
    deletionGracePeriodSeconds: grace,
    finalizers: finalizers.length > 0 ? finalizers : undefined,
    ...(isFirst && meta.generation !== undefined && { generation: meta.generation + 1 }),
  });
  const stored = toStored(marked, kind);
  if (write.dryRun) return { object: toVersion(stored, served), isGone: false };
  return { object: objects.mark(served, namespace, name, stored, live), isGone: false };
}

function requirePreconditions(
  served: ServedKind,
  name: string,
  live: JsonObject,
  options: DeleteOptions,
): void {
  const meta = metaOf(live);
  const pairs = [
    ["UID", options.uid, meta.uid],
    ["ResourceVersion", options.resourceVersion, meta.resourceVersion],
  ] as const;
  for (const [what, wanted, found] of pairs) {
    if (wanted === undefined || wanted === found) continue;
    const why = `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found ?? ""}). The object might have been deleted and then recreated`;
    throw conflict(served.kind, name, why);
  }
}

/** The policy decides about the two finalizers of the garbage collector; without one they stay as they are. */
function finalizersFor(
  present: readonly string[],
  policy: DeleteOptions["propagationPolicy"],
): readonly string[] {
  if (policy === undefined) return present;
  const others = present.filter((each) => each !== ORPHAN && each !== FOREGROUND);
  if (policy === "Orphan") return [...others, ORPHAN];
  return policy === "Foreground" ? [...others, FOREGROUND] : others;
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
