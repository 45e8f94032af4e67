import { equalValues } from "../../resources/equality.ts";
import type { JsonObject } from "../../resources/json.ts";
import type { ServedKind } from "../registry.ts";
import { metaOf, objectIn, withField } from "./meta.ts";

/** A write of the status leaves the rest alone, and the other way round. */
export function keepOtherHalf(
  object: JsonObject,
  live: JsonObject,
  { kind, version }: ServedKind,
  subresource: string | undefined,
): JsonObject {
  if (!version.status) return object;
  if (subresource === undefined) return withField(object, "status", live["status"]);
  if (subresource !== "status") return object;
  const { managedFields } = metaOf(object);
  // Statuses of built-in kinds may bring labels and annotations along; custom resources' may not.
  const metadata =
    kind.crd === undefined
      ? { ...objectIn(object, "metadata"), ownerReferences: metaOf(live).ownerReferences }
      : { ...objectIn(live, "metadata"), ...(managedFields !== undefined && { managedFields }) };
  return { ...live, metadata: withoutUndefined(metadata), status: object["status"] };
}

function withoutUndefined(object: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** Anything but metadata and, where it has a life of its own, the status. */
export function isNewGeneration(object: JsonObject, live: JsonObject, hasStatus: boolean): boolean {
  const names = new Set([...Object.keys(object), ...Object.keys(live)]);
  for (const name of ["apiVersion", "kind", "metadata"]) names.delete(name);
  if (hasStatus) names.delete("status");
  for (const name of names) if (!equalValues(object[name], live[name])) return true;
  return false;
}
