import assert from "node:assert/strict";
import type { Kubectl } from "../kubectl.ts";
import { idlePods } from "./objects.ts";

/** What controllers keep true in the background: leases, budgets of a quota, claims of volumes, roles made of others. */
export async function upkeep(kubectl: Kubectl, namespace: string): Promise<void> {
  const leases = await kubectl.run("get", "leases", "--all-namespaces", "-o", "name");
  for (const name of ["node", "kube-controller-manager", "kube-scheduler"]) {
    assert.match(leases, new RegExp(`^lease.coordination.k8s.io/${name}$`, "m"));
  }
  const volume = `${namespace}-volume`;
  const storage = { storage: "1Gi" };
  const claimed = { accessModes: ["ReadWriteOnce"], storageClassName: "" };
  const { metadata, spec } = idlePods("counted");
  await kubectl.create(
    {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: volume },
      spec: { ...claimed, capacity: storage, hostPath: { path: "/" } },
    },
    { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name: "counted" }, spec },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: `${namespace}-whole` },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: namespace } }] },
      rules: [],
    },
  );
  await kubectl.run("create", "clusterrole", `${namespace}-part`, "--verb=get", "--resource=secrets");
  await kubectl.run("label", "clusterrole", `${namespace}-part`, `part=${namespace}`);
  await kubectl.wait(`pv/${volume}`, "jsonpath={.status.phase}=Available");
  await kubectl.create({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "claim" },
    spec: { ...claimed, resources: { requests: storage } },
  });
  await kubectl.wait("pvc/claim", "jsonpath={.status.phase}=Bound");
  // The controller counts what is there; what comes later is counted by admission.
  await kubectl.wait("pod/counted", "condition=Ready");
  await kubectl.create({
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "quota" },
    spec: { hard: { pods: "5" } },
  });
  await kubectl.wait("resourcequota/quota", "jsonpath={.status.used.pods}=1");
  await kubectl.wait(`clusterrole/${namespace}-whole`, "jsonpath={.rules[0].resources[0]}=secrets");
  await kubectl.run("delete", "clusterrole", `${namespace}-whole`, `${namespace}-part`);
  await kubectl.run("delete", "pvc/claim", `pv/${volume}`, "--timeout=60s");
}
