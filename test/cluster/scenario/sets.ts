import assert from "node:assert/strict";
import type { Kubectl } from "../kubectl.ts";
import { idlePods } from "./objects.ts";

/** A StatefulSet with names that stay, and a DaemonSet. */
export async function sets(kubectl: Kubectl): Promise<void> {
  const of = (kind: string, app: string, rest: object) => ({
    apiVersion: "apps/v1",
    kind,
    metadata: { name: app },
    spec: { selector: { matchLabels: { app } }, template: idlePods(app), ...rest },
  });
  await kubectl.apply(
    of("StatefulSet", "ordered", { replicas: 2, serviceName: "ordered" }),
    of("DaemonSet", "everywhere", {}),
  );
  for (const name of ["statefulset/ordered", "daemonset/everywhere"]) {
    await kubectl.run("rollout", "status", name, "--timeout=90s");
  }
  assert.deepEqual(await kubectl.names("pods", "-l", "app=ordered"), ["pod/ordered-0", "pod/ordered-1"]);
  for (const name of ["statefulset/ordered", "daemonset/everywhere"]) {
    await kubectl.run("set", "env", name, "VERSION=two");
    await kubectl.run("rollout", "status", name, "--timeout=90s");
  }
  await kubectl.run("delete", "pod/ordered-0", "--timeout=60s");
  await kubectl.wait("pod/ordered-0", "condition=Ready");
  await kubectl.run("delete", "statefulset/ordered", "daemonset/everywhere", "--timeout=60s");
  await kubectl.run("wait", "pods", "--all", "--for=delete", "--timeout=60s");
}
