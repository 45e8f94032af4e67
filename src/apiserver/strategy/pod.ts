import { equalValues } from "../../resources/equality.ts";
import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { Cause } from "../error.ts";
import { forbidden } from "../objects/fault.ts";
import { metaOf, objectIn, withField } from "../objects/meta.ts";
import type { DeleteOptions, Strategy, WriteContext } from "../objects/write.ts";
import { mountToken } from "./pod-token.ts";

/** Seconds between SIGTERM and SIGKILL unless the pod says otherwise. */
const GRACE_PERIOD = 30;
/** Seconds that a pod stays on a node that is not ready or not reachable. */
const TOLERATION_SECONDS = 300;
const DEFAULT_ACCOUNT = "default";

export const podStrategy: Strategy = {
  create: (object, context) => {
    let spec = objectIn(object, "spec");
    spec = withAccount(object, spec, context);
    spec = withPriority(object, spec, context);
    spec = withTolerations(spec);
    return { ...object, spec, status: { phase: "Pending", qosClass: qosClass(spec) } };
  },
  keepsStatus: true,
  update: (object, live, { write }) => {
    if (write.subresource !== "status") return object;
    // The class of service is the server's own word.
    const status = { ...objectIn(object, "status"), qosClass: objectIn(live, "status")["qosClass"] };
    return { ...object, status };
  },
  check: (object, live, { write }) =>
    live === undefined || write.subresource !== undefined ? [] : specFaults(object, live),
  gracePeriod,
};

function gracePeriod(live: JsonObject, options: DeleteOptions): number {
  const spec = objectIn(live, "spec");
  const { phase } = objectIn(live, "status");
  const isEnded = phase === "Succeeded" || phase === "Failed";
  if (typeof spec["nodeName"] !== "string" || spec["nodeName"] === "" || isEnded) return 0;
  const own = spec["terminationGracePeriodSeconds"];
  return options.gracePeriodSeconds ?? (typeof own === "number" ? own : GRACE_PERIOD);
}

/** The service account, and its token as a volume of every container. */
function withAccount(object: JsonObject, spec: JsonObject, { objects, served }: WriteContext): JsonObject {
  const named = spec["serviceAccountName"] ?? spec["serviceAccount"];
  const account = typeof named === "string" && named !== "" ? named : DEFAULT_ACCOUNT;
  const { name = "", namespace = "" } = metaOf(object);
  const row = objects.store.read("serviceaccounts", namespace, account);
  if (row === undefined) {
    const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
    throw forbidden(served.kind, name, why);
  }
  const held = JSON.parse(row.text) as JsonObject;
  const next = {
    ...spec,
    serviceAccountName: account,
    serviceAccount: account,
    ...(spec["imagePullSecrets"] === undefined &&
      held["imagePullSecrets"] !== undefined && { imagePullSecrets: held["imagePullSecrets"] }),
  };
  const mounts = spec["automountServiceAccountToken"] ?? held["automountServiceAccountToken"] ?? true;
  return mounts === true ? mountToken(next) : next;
}

function withPriority(object: JsonObject, spec: JsonObject, { objects, served }: WriteContext): JsonObject {
  const named = spec["priorityClassName"];
  if (typeof named !== "string" || named === "")
    return { priority: 0, preemptionPolicy: "PreemptLowerPriority", ...spec };
  const row = objects.store.read("priorityclasses.scheduling.k8s.io", "", named);
  if (row === undefined) {
    throw forbidden(served.kind, metaOf(object).name ?? "", `no PriorityClass with name ${named} was found`);
  }
  const found = JSON.parse(row.text) as JsonObject;
  return {
    ...spec,
    priority: found["value"] ?? 0,
    preemptionPolicy: found["preemptionPolicy"] ?? "PreemptLowerPriority",
  };
}

function withTolerations(spec: JsonObject): JsonObject {
  const given = Array.isArray(spec["tolerations"]) ? (spec["tolerations"] as readonly unknown[]) : [];
  const tolerations = [...given];
  for (const key of ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]) {
    const isTolerated = given.some(
      (each) =>
        isJsonObject(each) &&
        (each["key"] === key || each["key"] === undefined || each["key"] === "") &&
        (each["effect"] === "NoExecute" || each["effect"] === undefined || each["effect"] === ""),
    );
    if (isTolerated) continue;
    tolerations.push({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: TOLERATION_SECONDS });
  }
  return { ...spec, tolerations };
}

/** Guaranteed, Burstable or BestEffort by what the containers ask for and are limited to. */
function qosClass(spec: JsonObject): string {
  let isAsked = false;
  let isGuaranteed = true;
  for (const list of [spec["containers"], spec["initContainers"]]) {
    for (const container of Array.isArray(list) ? list : []) {
      const resources = isJsonObject(container) ? objectIn(container, "resources") : {};
      const requests = objectIn(resources, "requests");
      const limits = objectIn(resources, "limits");
      for (const name of ["cpu", "memory"]) {
        const limit = limits[name];
        if (limit !== undefined || requests[name] !== undefined) isAsked = true;
        if (limit === undefined || (requests[name] !== undefined && requests[name] !== limit))
          isGuaranteed = false;
      }
    }
  }
  if (!isAsked) return "BestEffort";
  return isGuaranteed ? "Guaranteed" : "Burstable";
}

/** Of a pod's spec only images and these fields may change. */
const MUTABLE = ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates"];

function specFaults(object: JsonObject, live: JsonObject): readonly Cause[] {
  const causes: Cause[] = [];
  const refuse = (field: string, why: string) =>
    causes.push({ reason: "FieldValueForbidden", field, message: `Forbidden: ${why}` });
  if (!equalValues(frozen(object), frozen(live)))
    refuse("spec", `A pod that is there can change the images of its containers, and ${MUTABLE.join(", ")}`);
  const [spec, before] = [objectIn(object, "spec"), objectIn(live, "spec")];
  if (!holdsAll(spec["tolerations"], before["tolerations"]))
    refuse("spec.tolerations", "Tolerations can be added, not changed or taken away");
  if (!holdsAll(before["schedulingGates"], spec["schedulingGates"]))
    refuse("spec.schedulingGates", "Gates can be taken away, not added");
  return causes;
}

/** Whether each of `some` is in `list`. */
function holdsAll(list: unknown, some: unknown): boolean {
  const held: readonly unknown[] = Array.isArray(list) ? list : [];
  return !Array.isArray(some) || some.every((each) => held.some((other) => equalValues(each, other)));
}

function frozen(object: JsonObject): JsonObject {
  let spec = objectIn(object, "spec");
  for (const name of MUTABLE) spec = withField(spec, name, undefined);
  for (const name of ["containers", "initContainers"]) {
    const list = spec[name];
    if (!Array.isArray(list)) continue;
    spec = {
      ...spec,
      [name]: list.map((each) => (isJsonObject(each) ? withField(each, "image", "") : each)),
    };
  }
  return spec;
}
