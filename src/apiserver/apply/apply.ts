import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { ObjectSchema } from "../../resources/schema/schema.ts";
import { ApiError } from "../error.ts";
import { checkDepth } from "../patch/value.ts";
import { checkApplied } from "./check.ts";
import { appliedFields } from "./collect.ts";
import { type Changes, compare, exceptFields, hasChanges } from "./compare.ts";
import { type Conflict, conflictError } from "./conflict.ts";
import {
  difference,
  differenceBelow,
  equalSets,
  type FieldSet,
  intersection,
  isEmpty,
  noFields,
  union,
} from "./field-set.ts";
import { appliedByClient, KUBECTL, noteApplied } from "./last-applied.ts";
import {
  decodeManagers,
  managedFieldsOf,
  managerId,
  type Managers,
  withManagers,
  withoutManagers,
} from "./managers.ts";
import { mergeValues } from "./merge.ts";
import { neverOwned, ownershipSchema, resetSet } from "./object-schema.ts";
import { reconcile } from "./reconcile.ts";
import { prune } from "./remove.ts";
import { loseFields, takeOver } from "./update.ts";

export interface ApplyRequest {
  /** Absent when the object is to be created. */
  readonly live?: JsonObject | undefined;
  /** What the user sent: a part of an object. */
  readonly applied: JsonObject;
  /** Of the whole object. */
  readonly schema: ObjectSchema;
  readonly apiVersion: string;
  readonly manager: string;
  /** Take over what others own instead of a conflict. */
  readonly force: boolean;
  readonly subresource?: string | undefined;
  /**
   * Fields that this kind of write leaves alone, such as `[["status"]]`: applying them neither owns nor conflicts.
   * Their values are merged all the same; whoever stores the result restores them.
   */
  readonly resetFields?: readonly (readonly string[])[] | undefined;
  /** RFC 3339, in seconds. */
  readonly now: string;
}

/** Owns, from the first apply on, what was in an object that nobody tracked. */
const BEFORE_FIRST_APPLY = "before-first-apply";

/**
 * Merges what is applied into the live object, as server-side apply of kube-apiserver does: the manager then owns
 * what it applied, and what it applied before, applies no more and nobody else owns is removed. Returns `live` itself
 * when nothing changes. The result has no defaults filled in and is not validated.
 *
 * Entries of other versions are taken as entries of this one: versions of a kind differ in what they prune only.
 *
 * @throws ApiError Conflict, with one cause per field, when others own what would change; BadRequest for what cannot
 * be applied.
 */
export function serverSideApply(request: ApplyRequest): JsonObject {
  const { live, applied, apiVersion, manager, now } = request;
  const schema = ownershipSchema(request.schema);
  checkRequest(request, schema);
  const base = withoutManagers(live ?? {});
  const before = readManagers(live);
  const managers = startingManagers(before, request, base, schema);
  const self = {
    name: manager === "" ? "unknown" : manager,
    operation: "Apply",
    apiVersion,
    subresource: request.subresource ?? "",
  } as const;
  const id = managerId(self);
  const last = managers.get(id);
  const reset = resetSet(request.resetFields);
  const own = differenceBelow(appliedFields(applied, schema), reset);

  managers.set(id, { ...self, time: last?.time, fields: own });
  const merged = mergeValues(base, applied, schema) as JsonObject;
  let result = merged;
  if (last !== undefined && !isEmpty(difference(last.fields, own))) {
    const pruned = prune(merged, last.fields, ownedByAll(managers), schema);
    // A list that is applied empty goes with its last element; merging again brings it back.
    result = mergeValues(pruned, applied, schema) as JsonObject;
  }
  const all = compare(base, result, schema);
  const changes = exceptFields(all, reset);
  if (!request.force) checkConflicts(managers, changes, id, () => clientFields(request, base, schema));
  loseFields(managers, changes, id);

  const owned = difference(own, neverOwned);
  if (isEmpty(owned)) {
    managers.delete(id);
  } else {
    // A new order of list elements is a change that the comparison does not see.
    const changed = result !== base && (hasChanges(changes) || !hasChanges(all));
    const same = !changed && last !== undefined && equalSets(last.fields, owned);
    managers.set(id, same ? last : { ...self, time: now, fields: owned });
  }
  const noted = manager === KUBECTL ? noteApplied(result, applied) : result;
  if (live !== undefined && noted === base && sameManagers(managers, before)) return live;
  return withManagers(noted, managers);
}

function checkRequest({ applied, apiVersion }: ApplyRequest, schema: ObjectSchema): void {
  checkDepth(applied, "the applied object");
  const { metadata } = applied;
  if (isJsonObject(metadata) && (metadata["managedFields"] ?? undefined) !== undefined) {
    throw new ApiError("BadRequest", "metadata.managedFields must not be set in an object to apply");
  }
  if (applied["apiVersion"] !== apiVersion) {
    const actual = JSON.stringify(applied["apiVersion"]) ?? "none";
    throw new ApiError(
      "BadRequest",
      `the object to apply must have apiVersion "${apiVersion}", not ${actual}`,
    );
  }
  checkApplied(applied, schema);
}

function readManagers(live: JsonObject | undefined): Managers {
  const managers = decodeManagers(managedFieldsOf(live));
  if (managers !== undefined) return managers;
  throw new ApiError("InternalError", "the metadata.managedFields of the stored object cannot be read");
}

function startingManagers(
  before: Managers,
  request: ApplyRequest,
  base: JsonObject,
  schema: ObjectSchema,
): Managers {
  const managers: Managers = new Map(before);
  if (managers.size === 0) {
    const { live: _, ...rest } = request;
    takeOver(managers, { ...rest, updated: base, manager: BEFORE_FIRST_APPLY }, schema);
  }
  for (const [id, manager] of managers) {
    const fields = reconcile(manager.fields, schema);
    if (fields !== manager.fields) managers.set(id, { ...manager, fields });
  }
  return managers;
}

function ownedByAll(managers: Managers): FieldSet {
  let owned = noFields;
  for (const { fields } of managers.values()) owned = union(owned, fields);
  return owned;
}

/** `allowed` is asked when there are conflicts; either all of them are in it or those that are not are reported. */
function checkConflicts(managers: Managers, changes: Changes, self: string, allowed: () => FieldSet): void {
  const conflicts: Conflict[] = [];
  for (const [id, manager] of managers) {
    if (id === self) continue;
    const fields = intersection(manager.fields, changes.changed);
    if (!isEmpty(fields)) conflicts.push({ manager, fields });
  }
  if (conflicts.length === 0) return;
  const exempt = allowed();
  const left = conflicts
    .map(({ manager, fields }) => ({ manager, fields: difference(fields, exempt) }))
    .filter(({ fields }) => !isEmpty(fields));
  if (left.length > 0) throw conflictError(left);
}

function clientFields(request: ApplyRequest, base: JsonObject, schema: ObjectSchema): FieldSet {
  return request.manager === KUBECTL ? appliedByClient(base, schema, request.apiVersion) : noFields;
}

/** Entries that did not change are the same objects. */
function sameManagers(managers: Managers, before: Managers): boolean {
  if (before.size !== managers.size) return false;
  for (const [id, manager] of managers) if (before.get(id) !== manager) return false;
  return true;
}
