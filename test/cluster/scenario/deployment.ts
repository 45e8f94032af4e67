import assert from "node:assert/strict";
import type { Kubectl } from "../kubectl.ts";
import { deployment, webPods } from "./objects.ts";

/** A Deployment from its first pods over a rolling update, an undo and scaling to its end. */
export async function deployments(kubectl: Kubectl): Promise<void> {
  const name = "deployment/web";
  const isRolledOut = () => kubectl.run("rollout", "status", name, "--timeout=90s");
  await kubectl.apply(deployment("web", 3, webPods("web", "one")));
  await isRolledOut();
  const phases = await kubectl.value("pods", "range .items[*]}{.status.phase} {.spec.nodeName},{end");
  assert.equal(phases, "Running node,".repeat(3));

  await kubectl.run("set", "env", name, "VERSION=two");
  await isRolledOut();
  const replicas = (await kubectl.value("replicasets", ".items[*].status.readyReplicas")).trim();
  assert.equal(replicas, "3", "one ReplicaSet has all pods");
  assert.equal((await kubectl.names("replicasets")).length, 2);

  await kubectl.run("rollout", "undo", name);
  await isRolledOut();
  assert.equal(await kubectl.value(name, ".spec.template.spec.containers[0].env[0].value"), "one");
  assert.match(await kubectl.run("rollout", "history", name), /^3 /m);

  await kubectl.run("scale", name, "--replicas=5");
  await kubectl.wait(name, "jsonpath={.status.availableReplicas}=5");
  await kubectl.run("scale", name, "--replicas=1");
  await kubectl.wait(name, "jsonpath={.status.replicas}=1");

  await kubectl.run("rollout", "pause", name);
  await kubectl.run("set", "env", name, "VERSION=three");
  await kubectl.run("rollout", "resume", name);
  await kubectl.run("rollout", "restart", name);
  await isRolledOut();
  await kubectl.run("delete", name, "--timeout=60s");
}
