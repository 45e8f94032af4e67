import {
  array,
  boolean,
  integer,
  open,
  optional,
  string,
  type ObjectSchema,
  type Schema,
} from "../schema/schema.ts";
import { labelSelector } from "./label-selector.ts";
import { metadata } from "./metadata.ts";
import { podSpec, podTemplateSpec } from "./pod-spec.ts";

/**
 * Schemas of the kinds that are kept as they are: fields are stored whatever they hold, except for the few that
 * patches merge by key and those whose absence would stop a controller, which have their defaults.
 */
const conditions = optional(
  array(open({ type: string() }), { mapKeys: ["type"], repeats: true, patchMergeKey: "type" }),
);
const status = optional(open({ conditions }));

type Fields = Readonly<Record<string, Schema>>;

/** `fields` of the whole object are added to those that all have. */
export function kept(description: string, fields: Fields = {}): ObjectSchema {
  return open(
    { apiVersion: string(), kind: string(), metadata: metadata(), ...fields, status },
    { description },
  );
}

/** As `kept`, with some fields of `spec`. */
function keptSpec(description: string, fields: Fields): ObjectSchema {
  return kept(description, { spec: open(fields, { default: {} }) });
}

/** What a pod of these is made of is complete only when it is made: a StatefulSet adds volumes to it. */
const { checks: _, ...looseSpec } = podSpec;
const template = { ...podTemplateSpec, fields: { ...podTemplateSpec.fields, spec: looseSpec } };

const count = (value: number) => integer({ format: "int32", min: 0, default: value });
const workload = { selector: optional(labelSelector), template };

export const statefulSetSchema = keptSpec("Keeps a number of pods with names and volumes of their own.", {
  ...workload,
  replicas: count(1),
  revisionHistoryLimit: count(10),
  podManagementPolicy: string({ default: "OrderedReady" }),
  updateStrategy: open(
    { type: string({ default: "RollingUpdate" }), rollingUpdate: optional(open({ partition: count(0) })) },
    { default: { rollingUpdate: {} } },
  ),
  persistentVolumeClaimRetentionPolicy: open(
    { whenDeleted: string({ default: "Retain" }), whenScaled: string({ default: "Retain" }) },
    { default: {} },
  ),
});

export const daemonSetSchema = keptSpec("Keeps one pod on every node.", {
  ...workload,
  revisionHistoryLimit: count(10),
  updateStrategy: open(
    { type: string({ default: "RollingUpdate" }) },
    { default: { rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } } },
  ),
});

const jobSpec = {
  ...workload,
  completionMode: string({ default: "NonIndexed" }),
  backoffLimit: count(6),
  suspend: boolean({ default: false }),
  manualSelector: optional(boolean()),
  podReplacementPolicy: string({ default: "TerminatingOrFailed" }),
};

export const jobSchema = keptSpec("Runs pods until enough of them have succeeded.", {
  ...jobSpec,
  parallelism: count(1),
});

export const cronJobSchema = keptSpec("Starts a Job at set times.", {
  concurrencyPolicy: string({ default: "Allow" }),
  suspend: boolean({ default: false }),
  successfulJobsHistoryLimit: count(3),
  failedJobsHistoryLimit: count(1),
  jobTemplate: open({ spec: open({ template }) }),
});

export const replicationControllerSchema = keptSpec("An old form of ReplicaSet.", {
  replicas: count(1),
  template: optional(template),
});

export const podTemplateSchema = kept("What pods look like, for others to use.", {
  template,
});

export const horizontalPodAutoscalerSchema = keptSpec("Sets the number of pods by load.", {
  minReplicas: count(1),
});

export const persistentVolumeSchema = keptSpec("A piece of storage.", {
  persistentVolumeReclaimPolicy: string({ default: "Retain" }),
  volumeMode: string({ default: "Filesystem" }),
});

export const persistentVolumeClaimSchema = keptSpec("A wish for storage.", {
  volumeMode: string({ default: "Filesystem" }),
});

export const storageClassSchema = kept("A kind of storage.", {
  reclaimPolicy: string({ default: "Delete" }),
  volumeBindingMode: string({ default: "Immediate" }),
});

export const csiDriverSchema = keptSpec("A driver of storage.", {
  attachRequired: boolean({ default: true }),
  podInfoOnMount: boolean({ default: false }),
  storageCapacity: boolean({ default: false }),
  requiresRepublish: boolean({ default: false }),
  seLinuxMount: boolean({ default: false }),
  fsGroupPolicy: string({ default: "ReadWriteOnceWithFSType" }),
  volumeLifecycleModes: array(string(), { set: true, default: ["Persistent"] }),
});

export const priorityClassSchema = kept("How important pods are.", {
  preemptionPolicy: string({ default: "PreemptLowerPriority" }),
});

export const flowSchemaSchema = keptSpec("Which requests share a priority level.", {
  matchingPrecedence: integer({ format: "int32", default: 1000 }),
});
