import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { type FieldSet, noFields, union } from "./field-set.ts";
import { decodeFields, encodeFields } from "./fields-v1.ts";

/** One entry of `metadata.managedFields`. */
export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  /** `""` for the object itself. */
  readonly subresource: string;
  /** RFC 3339, of the last change. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
  /** `fieldsV1` as it was read, which stays as it is as long as `fields` does. */
  readonly encoded?: { readonly of: FieldSet; readonly as: unknown };
}

/** By identity (`managerId`). */
export type Managers = Map<string, Manager>;

/** Who is the same manager: for Apply whatever the version was, for Update only in the same version. */
export function managerId(manager: Omit<Manager, "time" | "fields">): string {
  const { name, operation, apiVersion, subresource } = manager;
  return JSON.stringify([name, operation, operation === "Apply" ? "" : apiVersion, subresource]);
}

/** Undefined when the list, or an entry of it, is malformed. An absent list has no entries. */
export function decodeManagers(list: unknown): Managers | undefined {
  const managers: Managers = new Map();
  if (list === undefined || list === null) return managers;
  if (!Array.isArray(list)) return undefined;
  for (const entry of list as readonly unknown[]) {
    const manager = isJsonObject(entry) ? decodeManager(entry) : undefined;
    if (manager === undefined) return undefined;
    managers.set(managerId(manager), manager);
  }
  return managers;
}

function decodeManager(entry: JsonObject): Manager | undefined {
  const { manager = "", operation, apiVersion, subresource = "", time, fieldsType, fieldsV1 = {} } = entry;
  if (operation !== "Apply" && operation !== "Update") return undefined;
  if (typeof apiVersion !== "string" || apiVersion === "" || fieldsType !== "FieldsV1") return undefined;
  if (typeof manager !== "string" || typeof subresource !== "string") return undefined;
  if (time !== undefined && time !== null && (typeof time !== "string" || Number.isNaN(Date.parse(time)))) {
    return undefined;
  }
  try {
    const fields = decodeFields(fieldsV1);
    const encoded = { of: fields, as: fieldsV1 };
    return { name: manager, operation, apiVersion, subresource, time: time ?? undefined, fields, encoded };
  } catch {
    return undefined;
  }
}

/** Whether a user's list says that nothing is to be tracked any more: `[]` or `[{}]`. */
export function isReset(list: unknown): boolean {
  if (!Array.isArray(list) || list.length > 1) return false;
  const [entry] = list as readonly unknown[];
  return entry === undefined || (isJsonObject(entry) && Object.keys(entry).length === 0);
}

/** In the order of kube-apiserver: operation, time, name. */
function encodeManagers(managers: Managers): readonly JsonObject[] {
  const sorted = [...managers.values()].sort(
    (a, b) =>
      compareText(a.operation, b.operation) ||
      secondsOf(a) - secondsOf(b) ||
      compareText(a.name, b.name) ||
      compareText(a.apiVersion, b.apiVersion) ||
      compareText(a.subresource, b.subresource),
  );
  return sorted.map((manager) => ({
    ...(manager.name !== "" && { manager: manager.name }),
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    ...(manager.time !== undefined && { time: manager.time }),
    fieldsType: "FieldsV1",
    fieldsV1: manager.encoded?.of === manager.fields ? manager.encoded.as : encodeFields(manager.fields),
    ...(manager.subresource !== "" && { subresource: manager.subresource }),
  }));
}

/** The object with these managers; without `managedFields` when there are none. */
export function withManagers(object: JsonObject, managers: Managers): JsonObject {
  const plain = withoutManagers(object);
  if (managers.size === 0) return plain;
  const metadata = isJsonObject(plain["metadata"]) ? plain["metadata"] : {};
  return { ...plain, metadata: { ...metadata, managedFields: encodeManagers(managers) } };
}

export function withoutManagers(object: JsonObject): JsonObject {
  const { metadata } = object;
  if (!isJsonObject(metadata) || !Object.hasOwn(metadata, "managedFields")) return object;
  const { managedFields: _, ...rest } = metadata;
  return { ...object, metadata: rest };
}

export function managedFieldsOf(object: JsonObject | undefined): unknown {
  const metadata = object?.["metadata"];
  return isJsonObject(metadata) ? metadata["managedFields"] : undefined;
}

/** More entries of updates are not kept, or objects that many write would grow without bound. */
const MAX_UPDATERS = 10;
const ANCIENT = "ancient-changes";

/** Merges the oldest entries of updates, those of one version with each other, until few enough are left. */
export function capUpdaters(managers: Managers): void {
  const updaters = [...managers].filter(([, manager]) => manager.operation === "Update");
  let count = updaters.length;
  if (count <= MAX_UPDATERS) return;
  updaters.sort(([a, x], [b, y]) => secondsOf(x) - secondsOf(y) || compareText(a, b));
  const oldest = new Map<string, string>();
  for (const [id, { apiVersion, time }] of updaters) {
    if (count <= MAX_UPDATERS) return;
    const first = oldest.get(apiVersion);
    if (first === undefined) oldest.set(apiVersion, id);
    if (first === undefined || first === id) continue;
    const bucket = { name: ANCIENT, operation: "Update", apiVersion, subresource: "" } as const;
    const bucketId = managerId(bucket);
    let fields = noFields;
    for (const merged of new Set([first, id, bucketId])) {
      fields = union(fields, managers.get(merged)?.fields ?? noFields);
      if (managers.delete(merged)) count--;
    }
    managers.set(bucketId, { ...bucket, time, fields });
    count++;
  }
}

function secondsOf(manager: Manager): number {
  const seconds = Math.floor(Date.parse(manager.time ?? "") / 1000);
  return Number.isNaN(seconds) ? 0 : seconds;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
