import type { JsonObject } from "../json.ts";
import { labelValue, qualifiedName } from "../schema/forms.ts";
import { array, type Check, object, optional, string } from "../schema/schema.ts";
import { age, column, orNone, part, parts, text, wideColumn } from "./cells.ts";
import { cidrBlock, immutable } from "./checks.ts";
import { builtIn, topLevel } from "./define.ts";
import { optionalBoolean, optionalString, optionalTime } from "./fields.ts";
import { metadata } from "./metadata.ts";
import { nodeConfigSource, nodeStatus } from "./node-status.ts";

const distinctTaints: Check<readonly { readonly key: string; readonly effect: string }[]> = (
  taints,
  fail,
) => {
  taints.forEach(({ key, effect }, index) => {
    if (taints.findIndex((other) => other.key === key && other.effect === effect) < index) {
      fail(
        `An earlier taint has the key "${key}" and the effect ${effect} too`,
        [index, "key"],
        "value",
        "FieldValueDuplicate",
      );
    }
  });
};

const taint = object({
  effect: string({ enum: ["NoSchedule", "PreferNoSchedule", "NoExecute"] }),
  key: qualifiedName,
  timeAdded: optionalTime,
  value: optional(string(labelValue)),
});

const nodeSpec = object(
  {
    configSource: optional(nodeConfigSource),
    externalID: optionalString,
    podCIDR: optionalString,
    podCIDRs: optional(array(string({ checks: [cidrBlock] }), { set: true, patchMerge: true, maxItems: 2 })),
    providerID: optionalString,
    taints: optional(array(taint, { checks: [distinctTaints] })),
    unschedulable: optionalBoolean,
  },
  { checks: [immutable("podCIDRs", "providerID")] },
);

const nodeSchema = topLevel(
  {
    metadata: metadata(),
    spec: { ...nodeSpec, description: "What is settled about it.", default: {} },
    status: { ...nodeStatus, description: "What it says of itself.", default: {} },
  },
  { description: "A machine that pods run on." },
);

const ROLE_LABEL = "node-role.kubernetes.io/";
const ROLE_NAME_LABEL = "kubernetes.io/role";

function nodeState(node: JsonObject): string {
  const ready = parts(part(node, "status"), "conditions").find((one) => text(one, "type") === "Ready");
  const state = ready === undefined ? "Unknown" : text(ready, "status") === "True" ? "Ready" : "NotReady";
  return part(node, "spec")["unschedulable"] === true ? `${state},SchedulingDisabled` : state;
}

function roles(node: JsonObject): string {
  const names = Object.entries(part(node, "metadata", "labels")).map(([key, value]) =>
    key.startsWith(ROLE_LABEL) ? key.slice(ROLE_LABEL.length) : key === ROLE_NAME_LABEL ? String(value) : "",
  );
  return orNone([...new Set(names.filter((name) => name !== ""))].sort().join(","));
}

function address(node: JsonObject, type: string): string {
  const found = parts(part(node, "status"), "addresses").find((one) => text(one, "type") === type);
  return found === undefined ? "<none>" : text(found, "address");
}

function known(node: JsonObject, name: string): string {
  const value = text(part(node, "status", "nodeInfo"), name);
  return value === "" ? "<unknown>" : value;
}

function kernel(node: JsonObject): string {
  const architecture = text(part(node, "status", "nodeInfo"), "architecture");
  return known(node, "kernelVersion") + (architecture === "" ? "" : ` (${architecture})`);
}

export const nodeKind = builtIn({
  kind: "Node",
  plural: "nodes",
  shortNames: ["no"],
  namespaced: false,
  schema: nodeSchema,
  status: true,
  selectable: [".spec.unschedulable"],
  columns: [
    column("Status", "Whether it takes pods.", nodeState),
    column("Roles", "From its labels.", roles),
    age,
    column("Version", "Of the kubelet.", (node) => text(part(node, "status", "nodeInfo"), "kubeletVersion")),
    wideColumn("Internal-IP", "Address inside the cluster.", (node) => address(node, "InternalIP")),
    wideColumn("External-IP", "Address outside of it.", (node) => address(node, "ExternalIP")),
    wideColumn("OS-Image", "Operating system.", (node) => known(node, "osImage")),
    wideColumn("Kernel-Version", "Kernel and architecture.", kernel),
    wideColumn("Container-Runtime", "What runs containers.", (node) =>
      known(node, "containerRuntimeVersion"),
    ),
  ],
});
