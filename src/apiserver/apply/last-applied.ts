import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { ObjectSchema } from "../../resources/schema/schema.ts";
import { setField } from "../patch/value.ts";
import { appliedFields } from "./collect.ts";
import { compare } from "./compare.ts";
import { difference, type FieldSet, noFields } from "./field-set.ts";

/**
 * Where `kubectl apply` without `--server-side` notes what it applied. kube-apiserver heeds it for the manager
 * `kubectl` only, so that users can change from one to the other and back.
 */
const ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";
export const KUBECTL = "kubectl";

/** Bytes of names and values of all annotations of an object. */
const MAX_ANNOTATIONS = 256 * 1024;

/** What kubectl applied by itself and nobody changed since: it may change that without a conflict. */
export function appliedByClient(live: JsonObject, schema: ObjectSchema, apiVersion: string): FieldSet {
  const text = annotationsOf(live)?.[ANNOTATION];
  if (typeof text !== "string" || text === "") return noFields;
  let last: unknown;
  try {
    last = JSON.parse(text);
  } catch {
    return noFields;
  }
  if (!isJsonObject(last) || last["apiVersion"] !== apiVersion) return noFields;
  const { changed, removed } = compare(last, live, schema);
  return difference(difference(appliedFields(last, schema), changed), removed);
}

/** Brings the note up to date where there is one. It is left out when the annotations would get too large. */
export function noteApplied(object: JsonObject, applied: JsonObject): JsonObject {
  const { metadata } = object;
  const annotations = annotationsOf(object);
  const before = annotations?.[ANNOTATION];
  if (!isJsonObject(metadata) || annotations === undefined || before === undefined || before === "")
    return object;
  const { [ANNOTATION]: _, ...others } = annotations;
  const note = `${JSON.stringify(withoutNote(applied), sortFields)}\n`;
  if (note === before) return object;
  const noted = { ...annotations, [ANNOTATION]: note };
  const size = Object.entries(noted).reduce((sum, [name, value]) => sum + bytes(name) + bytes(value), 0);
  return { ...object, metadata: { ...metadata, annotations: size > MAX_ANNOTATIONS ? others : noted } };
}

function annotationsOf(object: JsonObject): JsonObject | undefined {
  const { metadata } = object;
  const annotations = isJsonObject(metadata) ? metadata["annotations"] : undefined;
  return isJsonObject(annotations) ? annotations : undefined;
}

function withoutNote(applied: JsonObject): JsonObject {
  const annotations = annotationsOf(applied);
  if (annotations === undefined) return applied;
  const { [ANNOTATION]: _, ...rest } = annotations;
  return { ...applied, metadata: { ...(applied["metadata"] as JsonObject), annotations: rest } };
}

function sortFields(_key: string, value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const sorted = {};
  for (const name of Object.keys(value).sort()) setField(sorted, name, value[name]);
  return sorted;
}

function bytes(value: unknown): number {
  return typeof value === "string" ? Buffer.byteLength(value) : 0;
}
