import assert from "node:assert/strict";
import type { Kubectl } from "../kubectl.ts";
import { until } from "../until.ts";
import { deployment, job, webPods } from "./objects.ts";

/** Asks until an answer comes: kube-proxy may not have heard of the Service yet. The Job's deadline ends it. */
const asking = (
  url: string,
) => `(async () => { for (;;) try { const answer = await fetch(${JSON.stringify(url)});
  if ((await answer.text()).startsWith("one from web-")) return; } catch { await new Promise((again) => setTimeout(again, 100)); } })()`;

/** A Service gets an address and EndpointSlices that follow its pods, and traffic arrives from pods and from outside. */
export async function services(kubectl: Kubectl): Promise<void> {
  const ports = [{ name: "http", port: 80, targetPort: "http" }];
  const spec = { selector: { app: "web" }, ports };
  await kubectl.apply(
    { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "outside" },
      spec: { ...spec, type: "LoadBalancer" },
    },
    deployment("web", 2, webPods("web", "one")),
  );
  await kubectl.run("rollout", "status", "deployment/web", "--timeout=90s");
  const slice = (await kubectl.names("endpointslices", "-l", "kubernetes.io/service-name=web"))[0] ?? "none";
  await kubectl.wait(slice, "jsonpath={.endpoints[1].conditions.ready}=true");
  const pods = (await kubectl.value("pods -l app=web", ".items[*].status.podIP")).split(" ").toSorted();
  const endpoints = (await kubectl.value(slice, ".endpoints[*].addresses[0]")).split(" ").toSorted();
  assert.deepEqual(endpoints, pods);
  assert.equal(await kubectl.value("endpoints/web", ".subsets[0].ports[0].port"), "8080");

  const address = await kubectl.value("service/web", ".spec.clusterIP");
  await kubectl.apply(job("ask", "node:26", asking(`http://${address}/`), { activeDeadlineSeconds: 30 }));
  await kubectl.wait("job/ask", "condition=Complete");

  await kubectl.wait("service/outside", "jsonpath={.status.loadBalancer.ingress[0].ip}");
  const outside = await kubectl.value("service/outside", ".status.loadBalancer.ingress[0].ip");
  await kubectl.site.run(process.execPath, ["-e", asking(`http://${outside}/`)]);

  await kubectl.run("scale", "deployment/web", "--replicas=0");
  await kubectl.run("wait", "pods", "-l", "app=web", "--for=delete", "--timeout=60s");
  const isEmptied = async () => (await kubectl.value(slice, ".endpoints[*].addresses[0]")) === "";
  await until("the EndpointSlice has no endpoints", isEmptied);
}
