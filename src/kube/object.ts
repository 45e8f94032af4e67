import { isJsonObject, type JsonObject } from "../resources/json.ts";

/** An object of an API server. Shared by all who look at it: nobody changes one. */
export interface KubeObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeMetadata;
}

export interface KubeMetadata extends JsonObject {
  readonly name: string;
  /** Absent on kinds that live outside namespaces. */
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Completes what lists leave out of their items; `undefined` when the value is not an object of an API server. */
export function readObject(value: unknown, apiVersion: string, kind: string): KubeObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const { metadata } = value;
  if (!isJsonObject(metadata) || !isText(metadata["name"]) || metadata["name"] === "") return undefined;
  const optional = [metadata["namespace"], metadata["uid"], metadata["resourceVersion"]];
  if (!optional.every((each) => each === undefined || isText(each))) return undefined;
  if (value["apiVersion"] === apiVersion && value["kind"] === kind) return value as KubeObject;
  return { ...value, apiVersion, kind, metadata: metadata as KubeMetadata };
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Who set which field: as large as the object itself, and nothing to readers. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  if (object.metadata["managedFields"] === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/**
 * Negative when `a` was given out before `b`; `undefined` when that cannot be said. Versions are whole numbers
 * of any size, but for servers that count in another way.
 */
export function compareVersions(a: string, b: string): number | undefined {
  const number = /^[1-9]\d*$/;
  if (!number.test(a) || !number.test(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
