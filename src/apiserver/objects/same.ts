import { equalValues } from "../../resources/equality.ts";
import type { JsonObject } from "../../resources/json.ts";
import { metaOf, withMeta } from "./meta.ts";

/** Whether a write would change nothing but the times at which managers last changed fields: then it is none. */
export function isSame(object: JsonObject, live: JsonObject): boolean {
  return equalValues(object, live) || equalValues(withoutTimes(object), withoutTimes(live));
}

function withoutTimes(object: JsonObject): JsonObject {
  const { managedFields } = metaOf(object);
  if (managedFields === undefined) return object;
  return withMeta(object, { managedFields: managedFields.map((entry) => ({ ...entry, time: undefined })) });
}
