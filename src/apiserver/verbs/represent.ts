import type { JsonObject } from "../../resources/json.ts";
import type { Negotiated } from "../http/accept.ts";
import { ApiError } from "../error.ts";
import type { ServedKind } from "../registry.ts";
import { tableOf } from "../table/table.ts";

export type Include = "None" | "Metadata" | "Object";

export function includeOf(query: URLSearchParams): Include {
  const value = query.get("includeObject") ?? "";
  if (value === "" || value === "Metadata") return "Metadata";
  if (value === "None" || value === "Object") return value;
  throw new ApiError(
    "BadRequest",
    `Invalid value for includeObject: "${value}": allowed are None, Metadata, Object`,
  );
}

export interface Representation extends Negotiated {
  readonly served: ServedKind;
  readonly include: Include;
  readonly now: Date;
  /** A table whose columns the client knows already. */
  readonly noHeaders?: true;
}

/** One object in the form that the client asked for. */
export function represent(object: JsonObject, representation: Representation): JsonObject {
  const { served, form, metaVersion, include, now, noHeaders } = representation;
  switch (form) {
    case "object":
      return object;
    case "metadata":
      return { apiVersion: metaVersion, kind: "PartialObjectMetadata", metadata: object["metadata"] };
    case "table":
      return tableOf({
        served,
        objects: [object],
        includeObject: include,
        now,
        listMeta: listMetaOf(object),
        apiVersion: metaVersion,
        ...(noHeaders && { noHeaders }),
      });
  }
}

function listMetaOf(object: JsonObject): JsonObject {
  const { resourceVersion } = (object["metadata"] ?? {}) as JsonObject;
  return { resourceVersion };
}
