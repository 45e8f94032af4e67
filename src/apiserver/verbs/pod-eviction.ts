import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { decodeObject, mediaType } from "../http/body.ts";
import type { Call, Reply } from "../http/call.ts";
import { isDryRun, writeOptions } from "../http/write-options.ts";
import { objectIn, timestamp } from "../objects/meta.ts";
import { removeObject } from "../objects/remove.ts";
import { spendBudget } from "./disruption-budget.ts";

/** POST `pods/NAME/eviction`: a deletion that its disruption budget has to allow. */
export function evictPod(call: Call): Reply {
  const { served, target, objects } = call;
  const { namespace, name } = target;
  const eviction = decodeObject(call.body, mediaType(call.headers["content-type"]));
  const given = objectIn(eviction, "deleteOptions");
  const grace = given["gracePeriodSeconds"];
  const preconditions = objectIn(given, "preconditions");
  const { uid } = preconditions;
  const options = {
    ...(typeof grace === "number" && { gracePeriodSeconds: grace }),
    ...(typeof uid === "string" && { uid }),
  };
  const { subresource: _, ...write } = writeOptions(call);
  const dryRun = isDryRun(call.query) || (Array.isArray(given["dryRun"]) && given["dryRun"].includes("All"));
  const asked = { ...write, dryRun };
  spendBudget(objects, objects.get(served, namespace, name), asked);
  const now = timestamp(objects.now());
  objects.update(served, namespace, name, (live) => targeted(live, now), { ...asked, subresource: "status" });
  removeObject(objects, served, namespace, name, options, asked);
  return {
    code: 201,
    body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 },
  };
}

/** The pod with a condition that tells controllers why it goes. */
function targeted(pod: JsonObject, now: string): JsonObject {
  const status = objectIn(pod, "status");
  const conditions = Array.isArray(status["conditions"]) ? (status["conditions"] as readonly unknown[]) : [];
  const others = conditions.filter((each) => !isJsonObject(each) || each["type"] !== "DisruptionTarget");
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    lastTransitionTime: now,
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
  };
  return { ...pod, status: { ...status, conditions: [...others, condition] } };
}
