import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { Api } from "../apiserver/testing.ts";
import { type JsonObject } from "../resources/json.ts";
import { Folder, get, Running, until } from "./running.ts";

const namespace = "default";
const group = "gateway.networking.k8s.io/v1";
const gateways = `/apis/${group}/namespaces/${namespace}/gateways`;
const routes = `/apis/${group}/namespaces/${namespace}/httproutes`;
const services = `/api/v1/namespaces/${namespace}/services`;
const slices = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;

/** As pods would reach this machine: our API server allows loopback for endpoints. */
const address = "127.83.1.1";

const gateway = (spec: JsonObject) => ({
  apiVersion: group,
  kind: "Gateway",
  metadata: { name: "web" },
  spec: {
    gatewayClassName: "prod",
    infrastructure: { labels: { team: "edge" } },
    listeners: [{ name: "http", protocol: "HTTP", port: 80 }],
    ...spec,
  },
});

interface Served {
  readonly api: Api;
  readonly running: Running;
  /** Another run that serves it. */
  readonly again: () => Running;
}

/** A cluster with a class of ours, and a run that serves it. */
async function serve(context: TestContext, ...words: readonly string[]): Promise<Served> {
  const api = await Api.open(context);
  const kubeconfig = join(new Folder(context).path, "kubeconfig");
  api.server.writeKubeconfig(kubeconfig);
  const spec = { controllerName: "gatewright.dev/gateway-controller" };
  await api.post(`/apis/${group}/gatewayclasses`, {
    apiVersion: group,
    kind: "GatewayClass",
    metadata: { name: "prod" },
    spec,
  });
  const again = () => new Running(context, ["--kubeconfig", kubeconfig, ...words]);
  return { api, running: again(), again };
}

async function read(api: Api, path: string): Promise<any> {
  return (await api.get(path)).body;
}

interface Said {
  readonly addresses?: readonly { readonly value: string; readonly routability?: string }[];
  readonly conditions?: readonly { readonly type: string; readonly reason: string }[];
}

async function statusOf(api: Api): Promise<Said> {
  return ((await read(api, `${gateways}/web`)).status ?? {}) as Said;
}

function reasonOf({ conditions = [] }: Said, type: string): string | undefined {
  return conditions.find((one) => one.type === type)?.reason;
}

test("a Gateway for the cluster alone: a Service leads to it, and nothing else", async (context) => {
  const backend = createServer((_, answer) => answer.end("backend")).listen(0, "127.0.0.1");
  await once(backend, "listening");
  context.after(() => backend.close());
  const { api, running } = await serve(context, "--cluster-address", address);
  await api.post(services, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "a" },
    spec: { ports: [{ port: 80 }] },
  });
  await api.post(slices, {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "a-1", labels: { "kubernetes.io/service-name": "a" } },
    addressType: "IPv4",
    endpoints: [{ addresses: ["127.0.0.1"] }],
    ports: [{ port: (backend.address() as AddressInfo).port }],
  });
  await api.post(routes, {
    apiVersion: group,
    kind: "HTTPRoute",
    metadata: { name: "all" },
    spec: { parentRefs: [{ name: "web" }], rules: [{ backendRefs: [{ name: "a", port: 80 }] }] },
  });
  const addresses = [{ type: "IPAddress", routability: "Cluster" }];
  assert.equal((await api.post(gateways, gateway({ addresses }))).code, 201);
  await until(running, async () => reasonOf(await statusOf(api), "Programmed") === "Programmed");

  const status = await statusOf(api);
  assert.equal(reasonOf(status, "AddressesAssigned"), "Assigned");
  const service = await read(api, `${services}/web-prod`);
  assert.equal(service.metadata.labels.team, "edge");
  assert.deepEqual(status.addresses, [
    { type: "IPAddress", value: service.spec.clusterIP, routability: "Cluster" },
  ]);
  // What kube-proxy makes of it.
  const slice = await read(api, `${slices}/web-prod`);
  assert.deepEqual(slice.endpoints[0].addresses, [address]);
  const place = { host: address, port: slice.ports[0].port as number };
  assert.equal((await get(place, "/")).text, "backend");

  // Somebody deletes it: it comes back, with another address.
  await api.delete(`${services}/web-prod`);
  await until(running, async () => {
    const { clusterIP } = (await read(api, `${services}/web-prod`)).spec ?? {};
    return clusterIP !== undefined && (await statusOf(api)).addresses?.[0]?.value === clusterIP;
  });
  await api.delete(`${gateways}/web`);
  await until(running, async () => (await api.get(`${services}/web-prod`)).code === 404);
  await until(running, async () => (await api.get(`${slices}/web-prod`)).code === 404);
});

test("what an earlier run has made is kept for a Gateway of ours, and goes with one that is ours no more", async (context) => {
  const { api, running, again } = await serve(context, "--cluster-address", address);
  await api.post(gateways, gateway({}));
  await api.post(gateways, { ...gateway({}), metadata: { name: "other" } });
  const addressOf = async (name: string) =>
    ((await read(api, `${services}/${name}-prod`)).spec ?? {}).clusterIP as string | undefined;
  await until(running, async () => (await addressOf("web")) !== undefined);
  await until(running, async () => (await addressOf("other")) !== undefined);
  const [web, other] = [await read(api, `${services}/web-prod`), await addressOf("other")];
  assert.notEqual(web.spec.clusterIP, other);
  running.child.kill("SIGKILL");
  await running.exit;
  await api.patch(`${gateways}/other`, "merge", { spec: { gatewayClassName: "somebody-elses" } });
  const next = again();
  await until(next, async () => (await api.get(`${services}/other-prod`)).code === 404);
  const kept = await read(api, `${services}/web-prod`);
  assert.equal(kept.metadata.resourceVersion, web.metadata.resourceVersion, "nobody has touched it");
});

test("a ClusterIP that the Gateway has may be asked for by name, in any place of the list", async (context) => {
  const { api, running } = await serve(context, "--cluster-address", address);
  const any = { type: "IPAddress", routability: "Cluster" };
  await api.post(gateways, gateway({ addresses: [any] }));
  await until(running, async () => reasonOf(await statusOf(api), "AddressesAssigned") === "Assigned");
  const { value } = (await statusOf(api)).addresses![0]!;
  await api.patch(`${gateways}/web`, "merge", { spec: { addresses: [any, { ...any, value }] } });
  await until(running, async () => (await statusOf(api)).addresses?.length === 2);
  const status = await statusOf(api);
  assert.equal(reasonOf(status, "AddressesAssigned"), "Assigned");
  assert.equal(status.addresses?.[1]?.value, value);
});

test("a ClusterIP that the cluster does not give is said, to whoever asked and at the terminal", async (context) => {
  const { api, running } = await serve(context, "--cluster-address", address);
  await running.next("ready");
  const outside = { type: "IPAddress", routability: "Cluster", value: "192.0.2.9" };
  await api.post(gateways, gateway({ addresses: [outside, { type: "IPAddress" }] }));
  const { problems } = await running.next("problem", (event) => event.problems.length > 0);
  assert.match(problems[0]!.text, /^Service default\/web-prod: .*192[.]0[.]2[.]9/);
  await until(running, async () => reasonOf(await statusOf(api), "Programmed") === "Programmed");
  const status = await statusOf(api);
  assert.equal(reasonOf(status, "AddressesAssigned"), "PartiallyAssigned");
  assert.deepEqual(
    status.addresses?.map(({ routability }) => routability),
    [""],
  );
});

test("without --cluster-address nothing is written but statuses", async (context) => {
  const { api, running } = await serve(context);
  await api.post(gateways, gateway({ addresses: [{ type: "IPAddress", routability: "Cluster" }] }));
  await until(running, async () => reasonOf(await statusOf(api), "AddressesAssigned") === "NotAssigned");
  assert.equal(reasonOf(await statusOf(api), "Programmed"), "AddressNotAssigned");
  assert.equal((await api.get(`${services}/web-prod`)).code, 404);
  const { status } = await read(api, `/apis/${group}/gatewayclasses/prod`);
  const names = new Set((status.supportedFeatures as readonly { name: string }[]).map(({ name }) => name));
  assert.ok(names.has("GatewayAddressRoutability"));
  assert.ok(!names.has("GatewayAddressRoutabilityCluster"));
  assert.ok(!names.has("GatewayInfrastructure"));
});
