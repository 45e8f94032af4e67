import {
  array,
  boolean,
  type Check,
  integer,
  intOrString,
  object,
  optional,
  string,
} from "../schema/schema.ts";
import { age, column, count, part, selectorText, templateColumns, wideColumn } from "./cells.ts";
import { countOrPercent, immutable } from "./checks.ts";
import { builtIn, replicaScale, topLevel } from "./define.ts";
import {
  described,
  optionalCount,
  optionalInt32,
  optionalInt64,
  optionalString,
  optionalTime,
} from "./fields.ts";
import { labelSelector } from "./label-selector.ts";
import { metadata } from "./metadata.ts";
import { podTemplateSpec } from "./pod-spec.ts";
import { soundCounts, templateFits } from "./workload-checks.ts";

interface Strategy {
  readonly type: "Recreate" | "RollingUpdate";
  readonly rollingUpdate?: { readonly maxSurge?: number | string; readonly maxUnavailable?: number | string };
}

const soundStrategy: Check<Strategy> = ({ type, rollingUpdate }, fail) => {
  if (rollingUpdate === undefined) return;
  if (type === "Recreate")
    return fail("Goes with the type RollingUpdate only", ["rollingUpdate"], "key", "FieldValueForbidden");
  const { maxSurge = "25%", maxUnavailable = "25%" } = rollingUpdate;
  const path = ["rollingUpdate", "maxUnavailable"];
  if (Number.parseInt(String(maxSurge), 10) === 0 && Number.parseInt(String(maxUnavailable), 10) === 0) {
    fail("Cannot be 0 where maxSurge is 0: nothing could ever be replaced", path);
  }
  if (typeof maxUnavailable === "string" && Number.parseInt(maxUnavailable, 10) > 100) {
    fail("More than 100% of the pods", path);
  }
};

interface Deadline {
  readonly progressDeadlineSeconds: number;
  readonly minReadySeconds?: number;
}

const soundDeployment: Check<Deadline> = ({ progressDeadlineSeconds, minReadySeconds = 0 }, fail) => {
  if (progressDeadlineSeconds <= minReadySeconds) {
    fail(`Must be longer than minReadySeconds, ${minReadySeconds}`, ["progressDeadlineSeconds"]);
  }
};

const rollingUpdateDeployment = object({
  maxSurge: optional(
    intOrString({
      description: "Pods above the wanted number, as a number or percentage; 25% unless said.",
      checks: [countOrPercent],
    }),
  ),
  maxUnavailable: optional(
    intOrString({
      description: "Pods below the wanted number, as a number or percentage; 25% unless said.",
      checks: [countOrPercent],
    }),
  ),
});

const deploymentStrategy = object(
  {
    rollingUpdate: optional(described(rollingUpdateDeployment, "How many at a time.")),
    type: string({
      description: "RollingUpdate replaces some at a time, Recreate all at once.",
      enum: ["Recreate", "RollingUpdate"],
      default: "RollingUpdate",
    }),
  },
  { checks: [soundStrategy] },
);

const deploymentSpec = object(
  {
    minReadySeconds: optional(
      integer({
        format: "int32",
        description: "Seconds that a new pod must be ready to count as available.",
        min: 0,
      }),
    ),
    paused: optional(boolean({ description: "While true, changes of the template wait." })),
    progressDeadlineSeconds: integer({
      format: "int32",
      description: "Seconds without progress until the Deployment counts as failed.",
      default: 600,
      min: 0,
    }),
    replicas: integer({ format: "int32", description: "How many pods.", default: 1, min: 0 }),
    revisionHistoryLimit: integer({
      format: "int32",
      description: "How many old ReplicaSets are kept.",
      default: 10,
      min: 0,
    }),
    selector: described(
      labelSelector,
      "Which pods are its own; it must match the labels of the template and cannot be changed.",
    ),
    strategy: {
      ...deploymentStrategy,
      retainKeys: true as const,
      default: { type: "RollingUpdate" },
      description: "How old pods are replaced by new ones.",
    },
    template: described(podTemplateSpec, "What each pod looks like."),
  },
  { checks: [soundDeployment, templateFits, immutable("selector")] },
);

const deploymentCondition = object({
  lastTransitionTime: optionalTime,
  lastUpdateTime: optionalTime,
  message: optionalString,
  reason: optionalString,
  status: optional(string({ enum: ["True", "False", "Unknown"] })),
  type: string(),
});

const deploymentStatus = object(
  {
    availableReplicas: optionalCount,
    collisionCount: optionalInt32,
    conditions: optional(array(deploymentCondition, { mapKeys: ["type"], patchMergeKey: "type" })),
    observedGeneration: optionalInt64,
    readyReplicas: optionalCount,
    replicas: optionalCount,
    terminatingReplicas: optionalCount,
    unavailableReplicas: optionalCount,
    updatedReplicas: optionalCount,
  },
  { checks: [soundCounts] },
);

const deploymentSchema = topLevel(
  {
    metadata: metadata(),
    spec: described(deploymentSpec, "What is to run, and how it is replaced."),
    status: { ...deploymentStatus, description: "How far that is.", default: {} },
  },
  { description: "Keeps a number of like pods running and replaces them when their template changes." },
);

export const deploymentKind = builtIn({
  kind: "Deployment",
  group: "apps",
  plural: "deployments",
  shortNames: ["deploy"],
  categories: ["all"],
  schema: deploymentSchema,
  status: true,
  scale: replicaScale,
  columns: [
    column(
      "Ready",
      "Pods that are ready, of those that are wanted.",
      (deployment) =>
        `${Number(part(deployment, "status")["readyReplicas"] ?? 0)}/${Number(part(deployment, "spec")["replicas"] ?? 0)}`,
    ),
    column("Up-to-date", "Pods of the present template.", (deployment) =>
      count(part(deployment, "status"), "updatedReplicas"),
    ),
    column("Available", "Pods that have been ready long enough.", (deployment) =>
      count(part(deployment, "status"), "availableReplicas"),
    ),
    age,
    ...templateColumns,
    wideColumn("Selector", "Which pods are its own.", (deployment) =>
      selectorText(part(deployment, "spec", "selector")),
    ),
  ],
});
