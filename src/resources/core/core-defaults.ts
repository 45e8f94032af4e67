import { isJsonObject, type JsonObject } from "../json.ts";
import { each, inside, withDefault, withoutEmpty } from "./edits.ts";
import { NAME_LABEL } from "./namespace.ts";
import { podDefaults, templateDefaults } from "./pod-defaults.ts";
import { mergeStringData } from "./secret.ts";

/** Three hours. */
const AFFINITY_SECONDS = 10_800;
const SHARE = "25%";
const RBAC_GROUP = "rbac.authorization.k8s.io";

type Defaults = (object: JsonObject) => JsonObject;

const namespace: Defaults = (object) =>
  inside(object, "metadata", (metadata) => {
    const { name } = metadata;
    if (typeof name !== "string" || name === "") return metadata;
    return {
      ...metadata,
      labels: { ...(isJsonObject(metadata["labels"]) && metadata["labels"]), [NAME_LABEL]: name },
    };
  });

const servicePort: Defaults = (given) => {
  const port = withoutEmpty(given, "name", "protocol", "targetPort");
  const { port: number, targetPort = 0 } = port;
  return targetPort === 0 && typeof number === "number" && number > 0
    ? { ...port, targetPort: number }
    : port;
};

const service: Defaults = (object) => inside(object, "spec", serviceSpec);

const serviceSpec: Defaults = (given) => {
  let spec = each(withoutEmpty(given, "sessionAffinity", "externalTrafficPolicy"), "ports", servicePort);
  spec = withDefault(spec, "type", "ClusterIP");
  if (spec["sessionAffinity"] === "ClientIP") {
    const config = isJsonObject(spec["sessionAffinityConfig"]) ? spec["sessionAffinityConfig"] : {};
    const clientIP = isJsonObject(config["clientIP"]) ? config["clientIP"] : {};
    spec = {
      ...spec,
      sessionAffinityConfig: { clientIP: withDefault(clientIP, "timeoutSeconds", AFFINITY_SECONDS) },
    };
  } else if (spec["sessionAffinityConfig"] !== undefined) {
    const { sessionAffinityConfig: _, ...rest } = spec;
    spec = rest;
  }
  const { type, externalIPs } = spec;
  const outside = type === "NodePort" || type === "LoadBalancer";
  const inviting = type === "ClusterIP" && Array.isArray(externalIPs) && externalIPs.length > 0;
  if (outside || inviting) spec = withDefault(spec, "externalTrafficPolicy", "Cluster");
  if (type !== "ExternalName") spec = withDefault(spec, "internalTrafficPolicy", "Cluster");
  return type === "LoadBalancer" ? withDefault(spec, "allocateLoadBalancerNodePorts", true) : spec;
};

const deployment: Defaults = (object) =>
  inside(templateDefaults(object), "spec", (spec) => {
    const strategy = isJsonObject(spec["strategy"])
      ? withDefault(spec["strategy"], "type", "RollingUpdate")
      : {};
    if ((strategy["type"] ?? "RollingUpdate") !== "RollingUpdate") return spec;
    const rollingUpdate = isJsonObject(strategy["rollingUpdate"]) ? strategy["rollingUpdate"] : {};
    return {
      ...spec,
      strategy: {
        ...strategy,
        type: "RollingUpdate",
        rollingUpdate: withDefault(withDefault(rollingUpdate, "maxUnavailable", SHARE), "maxSurge", SHARE),
      },
    };
  });

/** `podCIDR` is the first of `podCIDRs`, whoever wrote only one of them. */
const nodeSpec: Defaults = (spec) => {
  const { podCIDR = "", podCIDRs } = spec;
  const first: unknown = Array.isArray(podCIDRs) ? podCIDRs[0] : undefined;
  if (podCIDR !== "" && podCIDR !== null) return first === podCIDR ? spec : { ...spec, podCIDRs: [podCIDR] };
  return first === undefined ? spec : { ...spec, podCIDR: first };
};

const node: Defaults = (object) =>
  inside(inside(object, "spec", nodeSpec), "status", (status) =>
    isJsonObject(status["capacity"]) ? withDefault(status, "allocatable", status["capacity"]) : status,
  );

const binding: Defaults = (object) =>
  each(object, "subjects", (subject) =>
    subject["kind"] === "User" || subject["kind"] === "Group"
      ? withDefault(subject, "apiGroup", RBAC_GROUP)
      : subject,
  );

const definition: Defaults = (object) =>
  inside(object, "spec", (spec) =>
    inside(spec, "names", (names) => {
      const { kind } = names;
      if (typeof kind !== "string" || kind === "") return names;
      return withDefault(withDefault(names, "singular", kind.toLowerCase()), "listKind", `${kind}List`);
    }),
  );

/** A Job without numbers runs one pod. */
const job: Defaults = (object) =>
  inside(templateDefaults(object), "spec", (spec) =>
    spec["completions"] === undefined && spec["parallelism"] === undefined
      ? { ...spec, completions: 1 }
      : spec,
  );

const cronJob: Defaults = (object) =>
  inside(object, "spec", (spec) => inside(spec, "jobTemplate", (template) => templateDefaults(template)));

const pending: Defaults = (object) => ({
  ...object,
  status: withDefault(isJsonObject(object["status"]) ? object["status"] : {}, "phase", "Pending"),
});

/**
 * Defaults that a schema cannot say, by resource name: they depend on other fields. They are filled in before the
 * object is validated, so they take objects of any shape, and leave alone what they do not understand.
 */
export const coreDefaults: Readonly<Record<string, Defaults>> = {
  namespaces: namespace,
  services: service,
  secrets: (secret) => mergeStringData(withoutEmpty(secret, "type")),
  pods: podDefaults,
  nodes: node,
  persistentvolumes: pending,
  persistentvolumeclaims: pending,
  replicationcontrollers: templateDefaults,
  "deployments.apps": deployment,
  "replicasets.apps": templateDefaults,
  "statefulsets.apps": templateDefaults,
  "daemonsets.apps": templateDefaults,
  "jobs.batch": job,
  "cronjobs.batch": cronJob,
  "rolebindings.rbac.authorization.k8s.io": binding,
  "clusterrolebindings.rbac.authorization.k8s.io": binding,
  "customresourcedefinitions.apiextensions.k8s.io": definition,
};
