import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { matchesLabels } from "../selector/label-match.ts";
import { ApiError } from "../error.ts";
import { forbidden } from "../objects/fault.ts";
import { metaOf, objectIn, timestamp } from "../objects/meta.ts";
import type { Objects } from "../objects/objects.ts";
import type { Write } from "../objects/write.ts";
import type { ServedKind } from "../registry.ts";

const RESOURCE = "poddisruptionbudgets.policy";
/** Evictions that the disruption controller has not counted yet; more, and it must be stuck. */
const MAX_DISRUPTED = 2000;
/** Seconds after which the controller has probably looked at a new budget. */
const RETRY = 10;
const REFUSAL = "Cannot evict pod as it would violate the pod's disruption budget.";

/** Takes an eviction of this pod off its budget; throws TooManyRequests when nothing is left of that. */
export function spendBudget(objects: Objects, pod: JsonObject, write: Write): void {
  const served = objects.registry.find("policy", "v1", "poddisruptionbudgets");
  if (served === undefined || isPastGuarding(pod)) return;
  const [budget, ...others] = budgetsOf(objects, pod);
  if (budget === undefined) return;
  if (others.length > 0) {
    throw new ApiError(
      "InternalError",
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    );
  }
  if (!isReady(pod) && mayGoUnready(budget)) return;
  requireLeft(served, budget);
  const { name = "", namespace = "" } = metaOf(pod);
  const at = timestamp(objects.now());
  const spend = (live: JsonObject) => {
    const status = objectIn(live, "status");
    return {
      ...live,
      status: {
        ...status,
        disruptionsAllowed: numberIn(status, "disruptionsAllowed") - 1,
        // The controller counts this pod as gone from now on.
        disruptedPods: { ...objectIn(status, "disruptedPods"), [name]: at },
      },
    };
  };
  objects.update(served, namespace, metaOf(budget).name ?? "", spend, { ...write, subresource: "status" });
}

/** Pods that do not run, or end already, are no loss. */
function isPastGuarding(pod: JsonObject): boolean {
  const { phase } = objectIn(pod, "status");
  return phase !== "Running" || metaOf(pod).deletionTimestamp !== undefined;
}

function budgetsOf(objects: Objects, pod: JsonObject): readonly JsonObject[] {
  const { namespace = "", labels = {} } = metaOf(pod);
  const budgets = (objects.store.page(RESOURCE, { namespace })?.rows ?? []).map(
    ({ text }) => JSON.parse(text) as JsonObject,
  );
  return budgets.filter((budget) => {
    const { selector } = objectIn(budget, "spec");
    return isJsonObject(selector) && matchesLabels(selector, labels);
  });
}

function isReady(pod: JsonObject): boolean {
  const { conditions } = objectIn(pod, "status");
  if (!Array.isArray(conditions)) return false;
  return conditions.some(
    (each) => isJsonObject(each) && each["type"] === "Ready" && each["status"] === "True",
  );
}

/** A pod that does not serve may go while enough others do, or whenever its budget says so. */
function mayGoUnready(budget: JsonObject): boolean {
  if (objectIn(budget, "spec")["unhealthyPodEvictionPolicy"] === "AlwaysAllow") return true;
  const status = objectIn(budget, "status");
  const desired = numberIn(status, "desiredHealthy");
  return desired > 0 && numberIn(status, "currentHealthy") >= desired;
}

function requireLeft({ kind }: ServedKind, budget: JsonObject): void {
  const { name = "", generation = 0 } = metaOf(budget);
  const status = objectIn(budget, "status");
  if (numberIn(status, "observedGeneration") < generation) {
    throw refusal(`The disruption budget ${name} is still being processed by the server.`, RETRY);
  }
  if (Object.keys(objectIn(status, "disruptedPods")).length > MAX_DISRUPTED) {
    throw forbidden(kind, name, "too many evictions were not confirmed by the disruption controller yet");
  }
  const allowed = numberIn(status, "disruptionsAllowed");
  if (allowed < 0) throw forbidden(kind, name, "pdb disruptions allowed is negative");
  if (allowed > 0) return;
  const needs = `${numberIn(status, "desiredHealthy")} healthy pods and has ${numberIn(status, "currentHealthy")} currently`;
  throw refusal(`The disruption budget ${name} needs ${needs}`, 0);
}

function refusal(message: string, retryAfterSeconds: number): ApiError {
  const causes = [{ reason: "DisruptionBudget", message, field: "" }];
  return new ApiError("TooManyRequests", REFUSAL, { causes, retryAfterSeconds });
}

function numberIn(status: JsonObject, name: string): number {
  const value = status[name];
  return typeof value === "number" ? value : 0;
}
