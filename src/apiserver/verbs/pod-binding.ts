import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { ApiError } from "../error.ts";
import { decodeObject, mediaType } from "../http/body.ts";
import type { Call, Reply } from "../http/call.ts";
import { writeOptions } from "../http/write-options.ts";
import { conflict } from "../objects/fault.ts";
import { metaOf, objectIn, timestamp } from "../objects/meta.ts";

/** POST `pods/NAME/binding`: the scheduler puts a pod on a node, once. */
export function bindPod(call: Call): Reply {
  const { served, target, objects } = call;
  const binding = decodeObject(call.body, mediaType(call.headers["content-type"]));
  const node = objectIn(binding, "target")["name"];
  if (typeof node !== "string" || node === "")
    throw new ApiError("BadRequest", "target.name: Required value: the node");
  const name = target.name === "" ? (metaOf(binding).name ?? "") : target.name;
  const now = timestamp(objects.now());
  objects.update(served, target.namespace, name, (live) => bound(live, node, now, call), writeOptions(call));
  return {
    code: 201,
    body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 },
  };
}

function bound(live: JsonObject, node: string, now: string, { served }: Call): JsonObject {
  const spec = objectIn(live, "spec");
  const { name = "", deletionTimestamp } = metaOf(live);
  if (deletionTimestamp !== undefined)
    throw conflict(served.kind, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  const { nodeName } = spec;
  if (nodeName !== undefined && nodeName !== "") {
    throw conflict(served.kind, name, `pod ${name} is already assigned to node ${JSON.stringify(nodeName)}`);
  }
  const status = objectIn(live, "status");
  const others = (
    Array.isArray(status["conditions"]) ? (status["conditions"] as readonly unknown[]) : []
  ).filter((each) => !isJsonObject(each) || each["type"] !== "PodScheduled");
  const scheduled = { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: now };
  return {
    ...live,
    spec: { ...spec, nodeName: node },
    status: { ...status, conditions: [...others, scheduled] },
  };
}
