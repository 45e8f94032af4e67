import type { JsonObject } from "../../resources/json.ts";
import { KUBERNETES_FINALIZER } from "../strategy/namespace.ts";
import type { Seeder } from "./seed.ts";

const NAMES = ["default", "kube-node-lease", "kube-public", "kube-system"];

export function seedNamespaces(seeder: Seeder): void {
  for (const name of NAMES) seeder.add("", "namespaces", namespace(name));
}

function namespace(name: string): JsonObject {
  return {
    metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
    spec: { finalizers: [KUBERNETES_FINALIZER] },
    status: { phase: "Active" },
  };
}
