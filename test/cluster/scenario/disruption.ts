import assert from "node:assert/strict";
import type { Kubectl } from "../kubectl.ts";
import { deployment, idlePods } from "./objects.ts";

/** A PodDisruptionBudget holds up evictions that would take too many pods, and no others. */
export async function disruption(kubectl: Kubectl): Promise<void> {
  await kubectl.apply(deployment("guarded", 2, idlePods("guarded")), {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "guarded" },
    spec: { minAvailable: 2, selector: { matchLabels: { app: "guarded" } } },
  });
  await kubectl.wait("deployment/guarded", "condition=Available");
  await kubectl.wait("pdb/guarded", "jsonpath={.status.currentHealthy}=2");
  const drain = ["drain", "node", "--pod-selector=app=guarded", "--disable-eviction=false"];
  await kubectl.refused(/disruption budget/, ...drain, "--timeout=1s");
  await kubectl.run("uncordon", "node");

  await kubectl.run("scale", "deployment/guarded", "--replicas=3");
  await kubectl.wait("pdb/guarded", "jsonpath={.status.disruptionsAllowed}=1");
  // The node takes new pods meanwhile, so one after the other may go.
  const before = await kubectl.names("pods");
  const [victim = ""] = before;
  const eviction = {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name: victim.slice("pod/".length) },
  };
  const namespace = await kubectl.value(victim, ".metadata.namespace");
  const path = `/api/v1/namespaces/${namespace}/pods/${eviction.metadata.name}/eviction`;
  await kubectl.feed(["create", `--raw=${path}`, "-f", "-"], [JSON.stringify(eviction)]);
  await kubectl.wait(victim, "delete");
  await kubectl.wait("deployment/guarded", "jsonpath={.status.availableReplicas}=3");
  assert.notDeepEqual(await kubectl.names("pods"), before);
}
