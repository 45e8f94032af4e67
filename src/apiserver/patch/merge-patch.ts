import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { ApiError } from "../error.ts";
import { checkDepth, type Draft, field, setField } from "./value.ts";

/**
 * Applies a JSON merge patch (RFC 7386): null removes a field, objects are merged, anything else replaces. The
 * result shares with both what did not change.
 *
 * @throws ApiError BadRequest when the patch is not an object.
 */
export function applyMergePatch(document: JsonObject, patch: unknown): JsonObject {
  if (!isJsonObject(patch)) throw new ApiError("BadRequest", "the merge patch must be a JSON object");
  checkDepth(patch, "the merge patch");
  return merge(document, patch);
}

function merge(target: unknown, patch: JsonObject): JsonObject {
  const merged: Draft = isJsonObject(target) ? { ...target } : {};
  for (const name of Object.keys(patch)) {
    const value = patch[name];
    if (value === null) Reflect.deleteProperty(merged, name);
    else setField(merged, name, isJsonObject(value) ? merge(field(merged, name), value) : value);
  }
  return merged;
}
