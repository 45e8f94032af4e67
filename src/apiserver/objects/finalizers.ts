import type { JsonObject } from "../../resources/json.ts";
import type { Kind } from "../../resources/kind.ts";
import { invalid } from "./fault.ts";
import { metaOf } from "./meta.ts";
import type { Strategy } from "./write.ts";

/** Throws when a write adds finalizers to an object that is being deleted. */
export function requireNoNewFinalizers(
  kind: Kind,
  name: string,
  before: readonly string[] = [],
  after: readonly string[] = [],
  deletionTimestamp: string | undefined,
): void {
  if (deletionTimestamp === undefined) return;
  const added = after.filter((finalizer) => !before.includes(finalizer));
  if (added.length === 0) return;
  const listed = added.map((each) => `"${each}"`).join(", ");
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${listed}`;
  throw invalid(kind, name, [{ reason: "FieldValueForbidden", field: "metadata.finalizers", message }]);
}

/** Deleted, and nothing keeps it any more. */
export function isDone(object: JsonObject, strategy: Strategy): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = metaOf(object);
  if (deletionTimestamp === undefined || finalizers.length > 0 || deletionGracePeriodSeconds > 0)
    return false;
  return strategy.isHeld?.(object) !== true;
}
