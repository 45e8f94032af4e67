import assert from "node:assert/strict";
import type { Kubectl } from "../kubectl.ts";
import { idlePods } from "./objects.ts";

/** More than half of the node's 64. */
const MOST = "40";

/** A pod that fits nowhere waits and says why; one of a higher class takes the place of a lower one. */
export async function scheduling(kubectl: Kubectl, namespace: string): Promise<void> {
  const priorityClass = `${namespace}-high`;
  await kubectl.create({
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name: priorityClass },
    value: 1000,
  });
  await kubectl.apply(pod("low", MOST));
  await kubectl.wait("pod/low", "condition=Ready");
  await kubectl.apply(pod("too-large", "100"));
  await kubectl.wait("pod/too-large", "condition=PodScheduled=False");
  await kubectl
    .run("wait", "event", "--for=create", "--field-selector=reason=FailedScheduling", "--timeout=60s")
    .catch(() => "");
  await kubectl.apply(pod("high", MOST, { priorityClassName: priorityClass }));
  await kubectl.wait("pod/high", "condition=Ready");
  assert.deepEqual(await kubectl.names("pods"), ["pod/high", "pod/too-large"]);

  const description = await kubectl.run("describe", "pod/high");
  assert.match(description, /Scheduled\s.*Successfully assigned/);
  assert.match(await kubectl.run("get", "events"), /FailedScheduling\s+pod\/too-large/);
  assert.match(await kubectl.run("events", "--for=pod/low"), /Preempted/);
  await kubectl.run("delete", "pods", "--all", "--timeout=60s");
  await kubectl.run("delete", "priorityclass", priorityClass);
}

function pod(name: string, cpu: string, more: object = {}): object {
  const { metadata, spec } = idlePods(name);
  const [main] = (spec as { readonly containers: readonly object[] }).containers;
  const containers = [{ ...main, resources: { requests: { cpu } } }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadata, name },
    spec: { ...spec, ...more, containers },
  };
}
