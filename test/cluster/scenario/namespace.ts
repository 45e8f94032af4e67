import assert from "node:assert/strict";
import type { Kubectl } from "../kubectl.ts";
import { deployment, idlePods } from "./objects.ts";

/** A namespace goes with all that is in it, and not before a finalizer in it lets go. */
export async function namespaces(kubectl: Kubectl, namespace: string): Promise<void> {
  const name = `${namespace}-full`;
  await kubectl.run("create", "namespace", name);
  const inside = kubectl.within(name);
  await inside.wait("serviceaccount/default", "create");
  await inside.apply(
    deployment("idle", 2, idlePods("idle")),
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "held", finalizers: ["example.test/held"] } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "idle" },
      spec: { selector: { app: "idle" }, ports: [{ port: 80 }] },
    },
  );
  await inside.wait("deployment/idle", "condition=Available");
  await kubectl.run("delete", "namespace", name, "--wait=false");
  await kubectl.wait(`namespace/${name}`, "condition=NamespaceFinalizersRemaining");
  await inside.refused(/being terminated/, "create", "configmap", "late");
  await inside.run(
    "patch",
    "configmap/held",
    "--type=json",
    '-p=[{"op":"remove","path":"/metadata/finalizers"}]',
  );
  await kubectl.wait(`namespace/${name}`, "delete");
  assert.deepEqual(await inside.names("pods,services,configmaps,deployments,endpointslices,events"), []);
}
