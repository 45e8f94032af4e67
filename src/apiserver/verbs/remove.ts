import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { ApiError } from "../error.ts";
import { decodeBody, mediaType } from "../http/body.ts";
import type { Call, Reply } from "../http/call.ts";
import { isDryRun, writeOptions } from "../http/write-options.ts";
import { decode } from "../objects/codec.ts";
import { metaOf } from "../objects/meta.ts";
import { removeObject, type Removal } from "../objects/remove.ts";
import type { DeleteOptions } from "../objects/write.ts";
import { allOf } from "./list.ts";
import { represent, includeOf } from "./represent.ts";

/** DELETE of one object: what is left of it (finalizers keep it), or a Status when it is gone. */
export function remove(call: Call): Reply {
  const { served, target } = call;
  const { options, write } = deletion(call);
  const removal = removeObject(call.objects, served, target.namespace, target.name, options, write);
  return { code: 200, body: removal.isGone ? success(call, removal) : shown(call, removal.object) };
}

/** DELETE of a collection: each object in turn; the answer lists what was there. */
export function removeCollection(call: Call): Reply {
  const { served } = call;
  const { options, write } = deletion(call);
  const { rows, head } = allOf(call);
  const items: JsonObject[] = [];
  for (const row of rows) {
    items.push(decode(row, served));
    if (call.objects.row(served.kind, row.namespace, row.name) === undefined) continue;
    removeObject(call.objects, served, row.namespace, row.name, options, write);
  }
  return { code: 200, body: { ...head, items } };
}

function shown(call: Call, object: JsonObject): JsonObject {
  const { query, objects } = call;
  return represent(object, { ...call, include: includeOf(query), now: objects.now() });
}

function success({ served: { kind } }: Call, { object }: Removal): JsonObject {
  const { name, uid } = metaOf(object);
  const details = { name, ...(kind.group !== "" && { group: kind.group }), kind: kind.plural, uid };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
}

/** Options come as a DeleteOptions body, as parameters of the URL, or both. */
function deletion(call: Call) {
  const { body, headers, query } = call;
  const given = body.length === 0 ? {} : decodeBody(body, mediaType(headers["content-type"]));
  if (!isJsonObject(given)) throw new ApiError("BadRequest", "The body is not a DeleteOptions object");
  const dryRun = Array.isArray(given["dryRun"]) && given["dryRun"].includes("All");
  const write = writeOptions(call);
  return {
    options: deleteOptions(given, query),
    write: { ...write, dryRun: dryRun || isDryRun(query) },
  };
}

const POLICIES = ["Orphan", "Background", "Foreground"] as const;

function deleteOptions(body: JsonObject, query: URLSearchParams): DeleteOptions {
  const grace = body["gracePeriodSeconds"] ?? query.get("gracePeriodSeconds") ?? undefined;
  const seconds = grace === undefined ? undefined : Number(grace);
  if (seconds !== undefined && (!Number.isSafeInteger(seconds) || seconds < 0)) {
    throw new ApiError(
      "BadRequest",
      `Invalid value for gracePeriodSeconds: ${JSON.stringify(grace)}: a whole number from 0`,
    );
  }
  const named = body["propagationPolicy"] ?? query.get("propagationPolicy") ?? undefined;
  const policy = POLICIES.find((each) => each === named);
  if (named !== undefined && policy === undefined) {
    throw new ApiError(
      "BadRequest",
      `Invalid value for propagationPolicy: ${JSON.stringify(named)}: allowed are ${POLICIES.join(", ")}`,
    );
  }
  const orphan = body["orphanDependents"] ?? query.get("orphanDependents") ?? undefined;
  const propagationPolicy =
    policy ?? (orphan === true || orphan === "true" ? ("Orphan" as const) : undefined);
  const preconditions = isJsonObject(body["preconditions"]) ? body["preconditions"] : {};
  const { uid, resourceVersion } = preconditions;
  return {
    ...(seconds !== undefined && { gracePeriodSeconds: seconds }),
    ...(propagationPolicy !== undefined && { propagationPolicy }),
    ...(typeof uid === "string" && { uid }),
    ...(typeof resourceVersion === "string" && { resourceVersion }),
  };
}
