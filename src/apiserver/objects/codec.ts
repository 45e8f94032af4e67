import { eventToCore, eventToEventsGroup } from "../../resources/core/event.ts";
import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { apiVersionOf, resourceName, type Kind } from "../../resources/kind.ts";
import { validate } from "../../resources/schema/validate.ts";
import type { ServedKind } from "../registry.ts";
import { jsonText } from "../json-text.ts";
import type { Row } from "../storage/store.ts";

/** Events are one set of objects that two groups show in their own words. */
const EVENTS_GROUP = "events.k8s.io";

/** Under which name the objects of a kind are stored. */
export function storedAs(kind: Kind): string {
  return kind.group === EVENTS_GROUP ? "events" : resourceName(kind);
}

/** The `apiVersion` that objects of the kind are stored in. */
function storedVersion(kind: Kind): string {
  return kind.group === EVENTS_GROUP ? "v1" : apiVersionOf(kind.group, kind.storageVersion);
}

/** A row as an object of the version that a client reads in. */
export function decode(row: Row, served: ServedKind): JsonObject {
  return toVersion(JSON.parse(row.text) as JsonObject, served);
}

/** JSON text of a row in the version that a client reads in: most often what is stored. */
export function textOf(row: Row, served: ServedKind): string {
  const apiVersion = apiVersionOf(served.kind.group, served.version.name);
  if (row.text.startsWith(`{"apiVersion":"${apiVersion}",`)) return row.text;
  return jsonText(decode(row, served));
}

/** Versions of one kind differ by pruning only, so a conversion is a new `apiVersion` and a look at the fields. */
export function toVersion(object: JsonObject, { kind, version }: ServedKind): JsonObject {
  const apiVersion = apiVersionOf(kind.group, version.name);
  if (object["apiVersion"] === apiVersion) return object;
  if (kind.group === EVENTS_GROUP) return eventToEventsGroup(object);
  const stored = kind.versions.find(({ name }) => apiVersionOf(kind.group, name) === object["apiVersion"]);
  const pruned = stored?.schema === version.schema ? object : prune(object, version.schema);
  return { ...pruned, apiVersion, kind: kind.kind, metadata: object["metadata"] };
}

function prune(object: JsonObject, schema: ServedKind["version"]["schema"]): JsonObject {
  const { value } = validate(schema, object, { unknown: "prune" });
  return isJsonObject(value) ? value : object;
}

/** The object as it is stored; `resourceVersion` is left to the write. */
export function toStored(object: JsonObject, kind: Kind): JsonObject {
  const own = kind.group === EVENTS_GROUP ? eventToCore(object) : object;
  const { apiVersion: _, kind: __, metadata, ...rest } = own;
  return { apiVersion: storedVersion(kind), kind: kind.kind, metadata, ...rest };
}

/** The text of a stored object that a write at `revision` leaves. */
export function encode(stored: JsonObject, revision: number): string {
  const metadata = { ...(stored["metadata"] as JsonObject), resourceVersion: String(revision) };
  return jsonText({ ...stored, metadata });
}
