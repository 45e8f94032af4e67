import { ApiError } from "../error.ts";
import type { Store } from "../storage/store.ts";

/** `resourceVersion` of a query as a number; undefined when it is not given. */
export function revisionOf(query: URLSearchParams): number | undefined {
  const text = query.get("resourceVersion") ?? "";
  if (text === "") return undefined;
  const revision = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(revision)) return revision;
  throw new ApiError("BadRequest", `Invalid value for resourceVersion: "${text}": a whole number`);
}

/** A client that has seen more than this store ever held must not be told that the past is the present. */
export function requireKnownRevision(query: URLSearchParams, store: Store): number | undefined {
  const revision = revisionOf(query);
  const match = query.get("resourceVersionMatch") ?? "";
  if (match !== "" && match !== "Exact" && match !== "NotOlderThan") {
    throw new ApiError(
      "BadRequest",
      `Invalid value for resourceVersionMatch: "${match}": allowed are Exact, NotOlderThan`,
    );
  }
  if (revision === undefined || revision <= store.revision) {
    if (match === "Exact" && revision !== undefined && revision > 0 && revision < store.revision) {
      throw new ApiError("Expired", `The resourceVersion for the provided list is too old: ${revision}`);
    }
    return revision;
  }
  const message = `Too large resource version: ${revision}, current: ${store.revision}`;
  const causes = [{ reason: "ResourceVersionTooLarge", message: "Too large resource version", field: "" }];
  throw new ApiError("Timeout", message, { causes, retryAfterSeconds: 1 });
}
