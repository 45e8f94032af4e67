import type { Condition, WrittenCondition } from "../resources/condition.ts";

/** Conditions with their times: `lastTransitionTime` moves when a condition's status does, and only then. */
export function stamp(
  conditions: readonly Condition[],
  before: readonly WrittenCondition[] | undefined,
  time: string,
): readonly WrittenCondition[] {
  return conditions.map((condition) => {
    const same = before?.find((one) => one.type === condition.type && one.status === condition.status);
    return { ...condition, lastTransitionTime: same?.lastTransitionTime ?? time };
  });
}

/** Kubernetes keeps times to the second. */
export function timeOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
