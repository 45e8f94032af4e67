import type { JsonObject } from "../../resources/json.ts";
import type { ServedKind } from "../registry.ts";
import { columnsOf, metadataOf } from "./columns.ts";

type TableVersion = "meta.k8s.io/v1" | "meta.k8s.io/v1beta1";
export type IncludeObject = "None" | "Metadata" | "Object";

interface TableRequest {
  readonly served: ServedKind;
  readonly objects: readonly JsonObject[];
  /** What of its object each row carries. `Metadata` is what clients get who do not say. */
  readonly includeObject: IncludeObject;
  readonly now: Date;
  /** resourceVersion, continue and remainingItemCount of the list, or the resourceVersion of the one object. */
  readonly listMeta: JsonObject;
  /** v1 unless given. */
  readonly apiVersion?: TableVersion;
  /** Without column definitions: every event of a watch but the first. */
  readonly noHeaders?: true;
}

/** The objects as `kubectl get` prints them. */
export function tableOf(request: TableRequest): JsonObject {
  const { served, objects, includeObject, now, listMeta, apiVersion = "meta.k8s.io/v1" } = request;
  const columns = columnsOf(served);
  return {
    kind: "Table",
    apiVersion,
    metadata: listMeta,
    columnDefinitions: request.noHeaders === true ? null : columns.map(({ definition }) => definition),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, now)),
      object: shown(object, includeObject, apiVersion),
    })),
  };
}

function shown(object: JsonObject, include: IncludeObject, apiVersion: TableVersion): JsonObject | null {
  switch (include) {
    case "None":
      return null;
    case "Metadata":
      return { kind: "PartialObjectMetadata", apiVersion, metadata: metadataOf(object) };
    default:
      return object;
  }
}
