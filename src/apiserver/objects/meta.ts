import { isJsonObject, type JsonObject } from "../../resources/json.ts";

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** The bookkeeping of one object, as far as the server reads it. Objects are validated before anyone asks. */
export interface Meta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly JsonObject[];
}

const none: Meta = {};

export function metaOf(object: JsonObject): Meta {
  return isJsonObject(object["metadata"]) ? object["metadata"] : none;
}

/** The version that a write wants to find; undefined when it takes any, which "0" says too. */
export function wantedVersion({ resourceVersion }: Meta): string | undefined {
  return resourceVersion === "" || resourceVersion === "0" ? undefined : resourceVersion;
}

/** A copy with these members of its metadata; those that are undefined are taken away. */
export function withMeta(object: JsonObject, edits: Readonly<Record<string, unknown>>): JsonObject {
  const metadata: Record<string, unknown> = { ...(metaOf(object) as JsonObject) };
  for (const [name, value] of Object.entries(edits)) {
    if (value === undefined) delete metadata[name];
    else metadata[name] = value;
  }
  return { ...object, metadata };
}

const LISTS = ["labels", "annotations", "finalizers", "ownerReferences"] as const;

/** A copy whose metadata has no empty lists and maps, as API servers keep it. */
export function withoutEmptyMeta(object: JsonObject): JsonObject {
  const meta = metaOf(object) as Readonly<Record<string, unknown>>;
  const empty = LISTS.filter((name) => {
    const value = meta[name];
    return value === null || (typeof value === "object" && Object.keys(value).length === 0);
  });
  return empty.length === 0
    ? object
    : withMeta(object, Object.fromEntries(empty.map((name) => [name, undefined])));
}

/** A copy with a member set, or without it. */
export function withField(object: JsonObject, name: string, value: unknown): JsonObject {
  if (value !== undefined) return { ...object, [name]: value };
  const copy = { ...object };
  delete (copy as Record<string, unknown>)[name];
  return copy;
}

export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}

/** RFC 3339 in whole seconds, as API objects have it. */
export function timestamp(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
