import type { Check } from "../schema/schema.ts";
import { matchesLabels, type LabelSelector } from "./label-selector.ts";

interface Workload {
  readonly selector: LabelSelector;
  readonly template: {
    readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
    readonly spec: { readonly restartPolicy: string; readonly activeDeadlineSeconds?: number };
  };
}

/** A workload finds the pods that it makes, and they run for ever. */
export const templateFits: Check<Workload> = ({ selector, template }, fail) => {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0)
    fail("An empty selector would take every pod", ["selector"]);
  else if (!matchesLabels(selector, template.metadata?.labels ?? {})) {
    fail("The selector does not match these labels", ["template", "metadata", "labels"]);
  }
  const { restartPolicy, activeDeadlineSeconds } = template.spec;
  if (restartPolicy !== "Always") fail("Only Always is possible here", ["template", "spec", "restartPolicy"]);
  if (activeDeadlineSeconds !== undefined)
    fail("Not possible here", ["template", "spec", "activeDeadlineSeconds"], "key", "FieldValueForbidden");
};

const parts = ["fullyLabeledReplicas", "updatedReplicas", "readyReplicas", "availableReplicas"] as const;

type Counts = Readonly<Partial<Record<"replicas" | (typeof parts)[number], number>>>;

/** No more pods are ready than there are. */
export const soundCounts: Check<Counts> = (status, fail) => {
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  for (const name of parts) if ((status[name] ?? 0) > replicas) fail("More than replicas", [name]);
  if (availableReplicas > readyReplicas) fail("More than readyReplicas", ["availableReplicas"]);
};
