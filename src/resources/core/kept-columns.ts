import { isJsonObject, type JsonObject } from "../json.ts";
import type { Column } from "../kind.ts";
import { ageOf, humanDuration } from "./age.ts";
import { column, count, integerColumn, orNone, part, parts, selectorText, text, texts } from "./cells.ts";

/** Columns of the kinds that are kept as they are; descriptions are left to their names. */

export const cell = (name: string, read: NonNullable<Column["cell"]>) => column(name, name, read);
export const number = (name: string, read: NonNullable<Column["cell"]>) => integerColumn(name, name, read);

/** A value by its path: `spec.claimRef.name`; `empty` where there is none. */
export function at(name: string, path: string, empty = ""): Column {
  return cell(name, (object) => valueAt(object, path) ?? empty);
}

export function numberAt(name: string, path: string): Column {
  return number(name, (object) => valueAt(object, path) ?? 0);
}

function valueAt(object: JsonObject, path: string): string | number | boolean | undefined {
  const names = path.split(".");
  const value = part(object, ...names.slice(0, -1))[names.at(-1)!];
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : undefined;
}

export const ratio = (ready: string, wanted: string) =>
  cell("Ready", (object) => `${valueAt(object, ready) ?? 0}/${valueAt(object, wanted) ?? 0}`);

/** Of storage: an object that is going away says so instead of its phase. */
export const phase = cell("Status", (object) =>
  part(object, "metadata")["deletionTimestamp"] === undefined
    ? text(part(object, "status"), "phase")
    : "Terminating",
);

const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

export const accessModes = (where: "spec" | "status") =>
  cell("Access Modes", (object) => {
    const given = new Set(texts(part(object, where), "accessModes"));
    return Object.entries(shortModes)
      .flatMap(([mode, short]) => (given.has(mode) ? [short] : []))
      .join(",");
  });

export const claim = cell("Claim", (object) => {
  const ref = part(object, "spec")["claimRef"];
  return isJsonObject(ref) ? `${text(ref, "namespace")}/${text(ref, "name")}` : "";
});

export const jobColumns: readonly Column[] = [
  cell("Status", (job) => {
    const held = (type: string) =>
      parts(part(job, "status"), "conditions").some(
        (one) => text(one, "type") === type && text(one, "status") === "True",
      );
    if (held("Complete")) return "Complete";
    if (held("Failed")) return "Failed";
    if (part(job, "metadata")["deletionTimestamp"] !== undefined) return "Terminating";
    return ["Suspended", "FailureTarget", "SuccessCriteriaMet"].find(held) ?? "Running";
  }),
  cell("Completions", (job) => {
    const { completions, parallelism } = part(job, "spec");
    const done = count(part(job, "status"), "succeeded");
    if (typeof completions === "number") return `${done}/${completions}`;
    return typeof parallelism === "number" && parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
  }),
  cell("Duration", (job, now) => {
    const { startTime, completionTime } = part(job, "status");
    if (typeof startTime !== "string") return "";
    return ageOf(startTime, typeof completionTime === "string" ? new Date(completionTime) : now);
  }),
];

export const lastSchedule = cell("Last Schedule", (object, now) => {
  const time = part(object, "status")["lastScheduleTime"];
  return time === undefined ? "<none>" : ageOf(time, now);
});

export const podSelector = cell("Pod-Selector", (object) =>
  orNone(selectorText(part(object, "spec", "podSelector"))),
);

/** `used/hard` of each resource of a quota, those of limits apart. */
export const quota = (name: "Request" | "Limit") =>
  cell(name, (object) => {
    const { hard, used } = part(object, "status");
    if (!isJsonObject(hard)) return "";
    return Object.keys(hard)
      .sort()
      .filter((resource) => resource.startsWith("limits.") === (name === "Limit"))
      .map(
        (resource) =>
          `${resource}: ${amount(isJsonObject(used) ? used[resource] : undefined)}/${amount(hard[resource])}`,
      )
      .join(", ");
  });

export const requestedDuration = cell("RequestedDuration", (object) => {
  const seconds = part(object, "spec")["expirationSeconds"];
  return typeof seconds === "number" ? humanDuration(seconds * 1000) : "<none>";
});

export const requestCondition = cell("Condition", (object) => {
  const status = part(object, "status");
  const has = (type: string) => parts(status, "conditions").some((one) => text(one, "type") === type);
  const verdict = has("Denied") ? "Denied" : has("Approved") ? "Approved" : "Pending";
  return `${verdict}${has("Failed") ? ",Failed" : ""}${text(status, "certificate") === "" ? "" : ",Issued"}`;
});

export const claimState = cell("State", (object) => {
  const status = part(object, "status");
  const deleted = part(object, "metadata")["deletionTimestamp"] === undefined ? [] : ["deleted"];
  if (!isJsonObject(status["allocation"])) return deleted.length > 0 ? "deleted" : "pending";
  const reserved = parts(status, "reservedFor").length > 0 ? ["reserved"] : [];
  return [...deleted, "allocated", ...reserved].join(",");
});

export const controller = cell("Controller", (object) => {
  const owner = parts(part(object, "metadata"), "ownerReferences").find((one) => one["controller"] === true);
  if (owner === undefined) return "<none>";
  const [group = ""] = text(owner, "apiVersion").includes("/") ? text(owner, "apiVersion").split("/") : [""];
  const kind = text(owner, "kind").toLowerCase();
  return `${kind}${group === "" ? "" : `.${group}`}/${text(owner, "name")}`;
});

export const parent = cell("ParentRef", (object) => {
  const ref = part(object, "spec")["parentRef"];
  if (!isJsonObject(ref)) return "<none>";
  const group = text(ref, "group");
  const where = text(ref, "namespace");
  const resource = `${text(ref, "resource")}${group === "" ? "" : `.${group}`}`.toLowerCase();
  return `${resource}${where === "" ? "" : `/${where}`}/${text(ref, "name")}`;
});

export const serviceStatus = cell("Service", (object) => {
  const service = part(object, "spec")["service"];
  return isJsonObject(service) ? `${text(service, "namespace")}/${text(service, "name")}` : "Local";
});

export const available = cell("Available", (object) => {
  const one = parts(part(object, "status"), "conditions").find((each) => text(each, "type") === "Available");
  if (one === undefined) return "Unknown";
  const status = text(one, "status");
  return status === "True" ? "True" : `${status} (${text(one, "reason")})`;
});

/** Quantities are texts or numbers. */
function amount(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "0";
}
