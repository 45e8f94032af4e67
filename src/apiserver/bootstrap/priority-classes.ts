import type { Seeder } from "./seed.ts";

/** The two classes that pods of the system itself name. */
export function seedPriorityClasses(seeder: Seeder): void {
  for (const [name, value] of [
    ["system-cluster-critical", 2_000_000_000],
    ["system-node-critical", 2_000_001_000],
  ] as const) {
    seeder.add("scheduling.k8s.io", "priorityclasses", {
      metadata: { name, generation: 1 },
      value,
      preemptionPolicy: "PreemptLowerPriority",
      description: "For pods that the cluster cannot do without",
    });
  }
}
