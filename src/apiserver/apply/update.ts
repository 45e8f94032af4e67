import type { JsonObject } from "../../resources/json.ts";
import type { ObjectSchema } from "../../resources/schema/schema.ts";
import { type Changes, compare, exceptFields } from "./compare.ts";
import { difference, isEmpty, union } from "./field-set.ts";
import {
  capUpdaters,
  decodeManagers,
  isReset,
  managedFieldsOf,
  managerId,
  type Managers,
  withManagers,
  withoutManagers,
} from "./managers.ts";
import { neverOwned, ownershipSchema, resetSet } from "./object-schema.ts";
import { reconcile } from "./reconcile.ts";

export interface UpdateRequest {
  /** Absent on create. */
  readonly live?: JsonObject | undefined;
  /** What is to be stored; its `managedFields` are the user's. */
  readonly updated: JsonObject;
  /** Of the whole object. */
  readonly schema: ObjectSchema;
  /** In which the user wrote. */
  readonly apiVersion: string;
  readonly manager: string;
  readonly subresource?: string | undefined;
  /** Fields that this kind of write leaves alone, such as `[["status"]]`: nobody comes to own or lose them. */
  readonly resetFields?: readonly (readonly string[])[] | undefined;
  /** RFC 3339, in seconds. */
  readonly now: string;
}

/**
 * The updated object with `managedFields` after a create, update or patch: the manager owns what it changed, and
 * nobody else does any more. An object that is not tracked (its user cleared `managedFields`) stays so until it is
 * applied. Users may set `managedFields` on the object itself, not through subresources.
 *
 * Entries of other versions are taken as entries of this one: versions of a kind differ in what they prune only, so
 * the same path is the same field.
 */
export function trackUpdate(request: UpdateRequest): JsonObject {
  const { live, updated } = request;
  const managers = startingManagers(request);
  if (managers.size === 0 && live !== undefined) return withoutManagers(updated);
  const schema = ownershipSchema(request.schema);
  for (const [id, manager] of managers) {
    const fields = reconcile(manager.fields, schema);
    if (fields !== manager.fields) managers.set(id, { ...manager, fields });
  }
  takeOver(managers, request, schema);
  capUpdaters(managers);
  return withManagers(updated, managers);
}

function startingManagers({ live, updated, subresource = "" }: UpdateRequest): Managers {
  const ofLive = (): Managers => decodeManagers(managedFieldsOf(live)) ?? new Map();
  if (subresource !== "") return ofLive();
  const given = managedFieldsOf(updated);
  if (isReset(given)) return new Map();
  const managers = decodeManagers(given);
  // Clients that know nothing of managedFields, or get them wrong, do not lose them.
  return managers === undefined || managers.size === 0 ? ofLive() : managers;
}

/** Gives the manager what it changed between the live object and the updated one. */
export function takeOver(managers: Managers, request: UpdateRequest, schema: ObjectSchema): void {
  const { live = {}, updated, apiVersion, manager, subresource = "", now } = request;
  const all = compare(withoutManagers(live), withoutManagers(updated), schema);
  const changes = exceptFields(all, resetSet(request.resetFields));
  loseFields(managers, changes);
  const changed = difference(changes.changed, neverOwned);
  if (isEmpty(changed)) return;
  const identity = {
    name: manager === "" ? "unknown" : manager,
    operation: "Update",
    apiVersion,
    subresource,
  } as const;
  const id = managerId(identity);
  const before = managers.get(id)?.fields;
  const fields = before === undefined ? changed : union(changed, before);
  managers.set(id, { ...identity, time: now, fields });
}

/** Takes what changed from all managers but one. */
export function loseFields(managers: Managers, changes: Changes, except?: string): void {
  for (const [id, manager] of managers) {
    const fields =
      id === except
        ? manager.fields
        : difference(difference(manager.fields, changes.changed), changes.removed);
    if (isEmpty(fields)) managers.delete(id);
    else if (fields !== manager.fields) managers.set(id, { ...manager, fields });
  }
}
