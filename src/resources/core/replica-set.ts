import { array, integer, object, optional, string } from "../schema/schema.ts";
import {
  age,
  count,
  integerColumn,
  orNone,
  part,
  selectorText,
  templateColumns,
  wideColumn,
} from "./cells.ts";
import { immutable } from "./checks.ts";
import { builtIn, replicaScale, topLevel } from "./define.ts";
import { described, optionalCount, optionalInt64, optionalString, optionalTime } from "./fields.ts";
import { labelSelector } from "./label-selector.ts";
import { metadata } from "./metadata.ts";
import { podTemplateSpec } from "./pod-spec.ts";
import { soundCounts, templateFits } from "./workload-checks.ts";

const replicaSetSpec = object(
  {
    minReadySeconds: optionalCount,
    replicas: integer({ format: "int32", description: "How many pods.", default: 1, min: 0 }),
    selector: described(labelSelector, "Which pods are its own; it cannot be changed."),
    template: described(podTemplateSpec, "What each pod looks like."),
  },
  { checks: [templateFits, immutable("selector")] },
);

const replicaSetCondition = object({
  lastTransitionTime: optionalTime,
  message: optionalString,
  reason: optionalString,
  status: optional(string({ enum: ["True", "False", "Unknown"] })),
  type: string(),
});

const replicaSetStatus = object(
  {
    availableReplicas: optionalCount,
    conditions: optional(array(replicaSetCondition, { mapKeys: ["type"], patchMergeKey: "type" })),
    fullyLabeledReplicas: optionalCount,
    observedGeneration: optionalInt64,
    readyReplicas: optionalCount,
    replicas: integer({ format: "int32", default: 0 }),
    terminatingReplicas: optionalCount,
  },
  { checks: [soundCounts] },
);

const replicaSetSchema = topLevel(
  {
    metadata: metadata(),
    spec: described(replicaSetSpec, "What is to run."),
    status: { ...replicaSetStatus, description: "How far that is.", default: { replicas: 0 } },
  },
  { description: "Keeps a number of like pods running." },
);

export const replicaSetKind = builtIn({
  kind: "ReplicaSet",
  group: "apps",
  plural: "replicasets",
  shortNames: ["rs"],
  categories: ["all"],
  schema: replicaSetSchema,
  status: true,
  scale: replicaScale,
  selectable: [".status.replicas"],
  columns: [
    integerColumn("Desired", "Pods that are wanted.", (set) => count(part(set, "spec"), "replicas")),
    integerColumn("Current", "Pods that exist.", (set) => count(part(set, "status"), "replicas")),
    integerColumn("Ready", "Pods that are ready.", (set) => count(part(set, "status"), "readyReplicas")),
    age,
    ...templateColumns,
    wideColumn("Selector", "Which pods are its own.", (set) =>
      orNone(selectorText(part(set, "spec", "selector"))),
    ),
  ],
});
