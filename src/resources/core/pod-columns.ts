import { isJsonObject, type JsonObject } from "../json.ts";
import type { Column } from "../kind.ts";
import { ageOf } from "./age.ts";
import { age, column, count, orNone, part, parts, text, wideColumn } from "./cells.ts";

interface Summary {
  reason: string;
  restarts: number;
  /** RFC 3339 of the last restart; empty when there is none. */
  lastRestart: string;
  ready: number;
}

const isSidecar = (container: JsonObject | undefined) => container?.["restartPolicy"] === "Always";

function isTrue(status: JsonObject, type: string): boolean {
  return parts(status, "conditions").some(
    (one) => text(one, "type") === type && text(one, "status") === "True",
  );
}

function later(a: string, b: string): string {
  return Date.parse(b) > (a === "" ? -Infinity : Date.parse(a)) ? b : a;
}

function lastEnd(container: JsonObject): string {
  return text(part(container, "lastState", "terminated"), "finishedAt");
}

/** `Reason`, or the signal or exit code of a container that has ended. */
function endReason(terminated: JsonObject): string {
  const reason = text(terminated, "reason");
  if (reason !== "") return reason;
  const signal = count(terminated, "signal");
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${count(terminated, "exitCode")}`;
}

/** Why an init container holds the pod back; nothing if it does not. */
function initReason(one: JsonObject, sidecar: boolean, progress: string): string | undefined {
  const { terminated, waiting } = part(one, "state");
  if (isJsonObject(terminated))
    return count(terminated, "exitCode") === 0 ? undefined : `Init:${endReason(terminated)}`;
  if (sidecar && one["started"] === true) return undefined;
  const why = isJsonObject(waiting) ? text(waiting, "reason") : "";
  return why !== "" && why !== "PodInitializing" ? `Init:${why}` : `Init:${progress}`;
}

/** Looks at init containers in their order, up to the first that is not done. */
function initialize(pod: JsonObject, all: Summary, sidecars: Summary): boolean {
  const specs = parts(part(pod, "spec"), "initContainers");
  for (const [index, one] of parts(part(pod, "status"), "initContainerStatuses").entries()) {
    const sidecar = isSidecar(specs.find((spec) => text(spec, "name") === text(one, "name")));
    for (const summary of sidecar ? [all, sidecars] : [all]) {
      summary.restarts += count(one, "restartCount");
      summary.lastRestart = later(summary.lastRestart, lastEnd(one));
    }
    const reason = initReason(one, sidecar, `${index}/${specs.length}`);
    if (reason !== undefined) {
      all.reason = reason;
      return true;
    }
    const ended = isJsonObject(part(one, "state")["terminated"]);
    if (sidecar && !ended && one["ready"] === true) sidecars.ready++;
  }
  return false;
}

function run(status: JsonObject, summary: Summary): void {
  let running = false;
  let failure = "";
  for (const one of parts(status, "containerStatuses").toReversed()) {
    summary.restarts += count(one, "restartCount");
    summary.lastRestart = later(summary.lastRestart, lastEnd(one));
    const { waiting, terminated, running: runs } = part(one, "state");
    if (isJsonObject(waiting) && text(waiting, "reason") !== "") {
      summary.reason = text(waiting, "reason");
    } else if (isJsonObject(terminated)) {
      summary.reason = endReason(terminated);
      if (count(terminated, "exitCode") !== 0) failure = summary.reason;
    } else if (one["ready"] === true && isJsonObject(runs)) {
      running = true;
      summary.ready++;
    }
  }
  if (summary.reason !== "Completed") return;
  if (running && isTrue(status, "Ready")) summary.reason = "Running";
  else if (failure !== "") summary.reason = failure;
  else if (running) summary.reason = "NotReady";
}

/** Sums up a pod the way `kubectl get pods` does. */
function summarize(pod: JsonObject): Summary {
  const status = part(pod, "status");
  const gated = parts(status, "conditions").some(
    (one) => text(one, "type") === "PodScheduled" && text(one, "reason") === "SchedulingGated",
  );
  const phase = text(status, "phase");
  const reason = gated ? "SchedulingGated" : text(status, "reason") || phase;
  const all: Summary = { reason, restarts: 0, lastRestart: "", ready: 0 };
  const sidecars: Summary = { ...all };
  const initializing = initialize(pod, all, sidecars);
  let summary = all;
  if (!initializing || isTrue(status, "Initialized")) {
    summary = { ...sidecars, reason: all.reason };
    run(status, summary);
  } else {
    summary.ready = sidecars.ready;
  }
  if (part(pod, "metadata")["deletionTimestamp"] !== undefined) {
    if (text(status, "reason") === "NodeLost") summary.reason = "Unknown";
    else if (phase !== "Succeeded" && phase !== "Failed") summary.reason = "Terminating";
  }
  return summary;
}

function ready(pod: JsonObject): string {
  const spec = part(pod, "spec");
  const total = parts(spec, "containers").length + parts(spec, "initContainers").filter(isSidecar).length;
  return `${summarize(pod).ready}/${total}`;
}

function restarts(pod: JsonObject, now: Date): string {
  const { restarts: number, lastRestart } = summarize(pod);
  return number === 0 || lastRestart === "" ? String(number) : `${number} (${ageOf(lastRestart, now)} ago)`;
}

function gates(pod: JsonObject): string {
  const wanted = parts(part(pod, "spec"), "readinessGates").map((one) => text(one, "conditionType"));
  const open = wanted.filter((type) => isTrue(part(pod, "status"), type));
  return wanted.length === 0 ? "<none>" : `${open.length}/${wanted.length}`;
}

export const podColumns: readonly Column[] = [
  column("Ready", "Containers that are ready, of all.", ready),
  column("Status", "What the containers are doing.", (pod) => summarize(pod).reason),
  column("Restarts", "Restarts of the containers, and when the last was.", restarts),
  age,
  wideColumn("IP", "Address of the pod.", (pod) => {
    const [first] = parts(part(pod, "status"), "podIPs");
    return orNone(first === undefined ? "" : text(first, "ip"));
  }),
  wideColumn("Node", "The node that it runs on.", (pod) => orNone(text(part(pod, "spec"), "nodeName"))),
  wideColumn("Nominated Node", "The node that is being cleared for it.", (pod) =>
    orNone(text(part(pod, "status"), "nominatedNodeName")),
  ),
  wideColumn("Readiness Gates", "Conditions that hold, of those that it waits for.", gates),
];
