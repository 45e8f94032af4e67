import assert from "node:assert/strict";
import type { Kubectl } from "../kubectl.ts";
import { deployment, idlePods } from "./objects.ts";

/** What becomes of ReplicaSets and pods when their Deployment goes, by the propagation policy. */
export async function garbage(kubectl: Kubectl): Promise<void> {
  for (const policy of ["background", "foreground", "orphan"]) {
    await kubectl.apply(deployment(policy, 2, idlePods(policy)));
    await kubectl.wait(`deployment/${policy}`, "condition=Available");
  }
  const labelled = (policy: string) => ["pods,replicasets", "-l", `app=${policy}`];

  await kubectl.run("delete", "deployment/background", "--cascade=background");
  await kubectl.run("wait", ...labelled("background"), "--for=delete", "--timeout=60s");

  // The Deployment goes last.
  await kubectl.run("delete", "deployment/foreground", "--cascade=foreground", "--timeout=60s");
  assert.deepEqual(await kubectl.names(...labelled("foreground")), []);

  await kubectl.run("delete", "deployment/orphan", "--cascade=orphan", "--timeout=60s");
  assert.equal((await kubectl.names(...labelled("orphan"))).length, 3, "the ReplicaSet and its pods stay");
  assert.equal(await kubectl.value("replicasets -l app=orphan", ".items[0].metadata.ownerReferences"), "");
  // A new Deployment adopts what its selector finds.
  await kubectl.apply(deployment("orphan", 2, idlePods("orphan")));
  await kubectl.wait("deployment/orphan", "condition=Available");
  assert.equal((await kubectl.names(...labelled("orphan"))).length, 3, "nothing was made twice");
}
