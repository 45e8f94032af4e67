import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { Api, type Answer } from "../testing.ts";

const services = "/api/v1/namespaces/default/services";
const ports = [{ name: "http", port: 80 }];

function service(name: string, spec: JsonObject = {}): JsonObject {
  return { apiVersion: "v1", kind: "Service", metadata: { name }, spec: { ports, ...spec } };
}

interface ServiceSpec {
  readonly type: string;
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly ports: readonly { readonly nodePort?: number }[];
}

function specOf({ body, code, text }: Answer): ServiceSpec {
  assert.ok(code < 300, text);
  return body["spec"] as ServiceSpec;
}

function open(context: Parameters<typeof Api.open>[0]): Promise<Api> {
  // Small enough to run out of: .1 to .6, of which the Service `kubernetes` has one.
  return Api.open(context, { controllers: false, serviceRange: "127.90.0.0/29" });
}

async function refused(answer: Promise<Answer>, message: RegExp): Promise<void> {
  const { code, body } = await answer;
  assert.equal(code, 422);
  assert.match(String(body["message"]), message);
}

test("every Service gets an address of its own, until none is left", async (context) => {
  const api = await open(context);
  const kubernetes = specOf(await api.get(`${services}/kubernetes`)).clusterIP!;
  const given = new Set([kubernetes]);
  for (let index = 0; index < 5; index++) {
    const { clusterIP, clusterIPs } = specOf(await api.post(services, service(`s${index}`)));
    assert.match(clusterIP!, /^127\.90\.0\.[1-6]$/);
    assert.deepEqual(clusterIPs, [clusterIP]);
    given.add(clusterIP!);
  }
  assert.equal(given.size, 6);
  await refused(api.post(services, service("more")), /no address is left in 127\.90\.0\.0\/29/);
  const freed = specOf(await api.get(`${services}/s2`)).clusterIP;
  await api.delete(`${services}/s2`);
  assert.equal(specOf(await api.post(services, service("more"))).clusterIP, freed);
});

test("an address can be asked for, if it is free and of the range", async (context) => {
  const api = await open(context);
  assert.equal(
    specOf(await api.post(services, service("a", { clusterIP: "127.90.0.5" }))).clusterIP,
    "127.90.0.5",
  );
  await refused(api.post(services, service("b", { clusterIP: "127.90.0.5" })), /already allocated/);
  for (const clusterIP of ["127.90.0.8", "127.90.0.0", "127.90.0.7", "10.0.0.1"])
    await refused(
      api.post(services, service("b", { clusterIP })),
      /not in the valid range.*127\.90\.0\.0\/29/,
    );
  for (const clusterIP of ["fd00::1", "nonsense", "127.90.0.05"])
    assert.equal((await api.post(services, service("b", { clusterIP }))).code, 422, clusterIP);
  assert.equal((await api.get(`${services}/b`)).code, 404);
});

test("dry runs and refused writes take no address", async (context) => {
  const api = await open(context);
  for (let index = 0; index < 10; index++) {
    await api.post(`${services}?dryRun=All`, service("dry", { clusterIP: "127.90.0.4", type: "NodePort" }));
    await api.post(services, service("UPPER", { clusterIP: "127.90.0.4" }));
  }
  assert.equal((await api.post(services, service("a", { clusterIP: "127.90.0.4" }))).code, 201);
});

test("an address stays once set: it is kept when left out, and may not change", async (context) => {
  const api = await open(context);
  const { clusterIP } = specOf(await api.post(services, service("a")));
  const kept = specOf(await api.put(`${services}/a`, service("a", { sessionAffinity: "ClientIP" })));
  assert.equal(kept.clusterIP, clusterIP);
  const other = "127.90.0.6";
  assert.notEqual(clusterIP, other);
  for (const changed of [other, "None"]) {
    const spec = { clusterIP: changed, clusterIPs: [changed] };
    await refused(api.patch(`${services}/a`, "merge", { spec }), /may not change once set/);
  }
});

test("a headless Service has no address, and gets none later", async (context) => {
  const api = await open(context);
  const { clusterIP, clusterIPs } = specOf(await api.post(services, service("a", { clusterIP: "None" })));
  assert.deepEqual([clusterIP, clusterIPs], ["None", ["None"]]);
  const kept = specOf(await api.put(`${services}/a`, service("a")));
  assert.equal(kept.clusterIP, "None");
  const spec = { clusterIP: "127.90.0.6", clusterIPs: ["127.90.0.6"] };
  await refused(api.patch(`${services}/a`, "merge", { spec }), /may not change once set/);
});

test("a Service that becomes an ExternalName gives its address back, and takes one when it returns", async (context) => {
  const api = await open(context);
  await api.post(services, service("a", { clusterIP: "127.90.0.5" }));
  const name = service("a", { type: "ExternalName", externalName: "example.com" });
  const external = specOf(await api.put(`${services}/a`, name));
  assert.deepEqual([external.clusterIP, external.clusterIPs], [undefined, undefined]);
  assert.equal((await api.post(services, service("b", { clusterIP: "127.90.0.5" }))).code, 201);
  const back = specOf(await api.put(`${services}/a`, service("a")));
  assert.match(back.clusterIP!, /^127\.90\.0\.[1-6]$/);
  assert.notEqual(back.clusterIP, "127.90.0.5");
});

for (const type of ["NodePort", "LoadBalancer"]) {
  test(`${type}: every port gets a node port, keeps it, and gives it back`, async (context) => {
    const api = await open(context);
    const two = { type, ports: [...ports, { name: "https", port: 443 }] };
    const made = specOf(await api.post(services, service("a", two)));
    const [first, second] = made.ports.map(({ nodePort }) => nodePort!);
    for (const port of [first!, second!]) assert.ok(port >= 30_000 && port <= 32_767);
    assert.notEqual(first, second);
    const kept = specOf(await api.put(`${services}/a`, service("a", two)));
    assert.deepEqual(kept.ports, made.ports);
    const same = service("b", { type, ports: [{ port: 80, nodePort: first }] });
    await refused(api.post(services, same), /already allocated/);
    await api.delete(`${services}/a`);
    assert.equal(specOf(await api.post(services, same)).ports[0]?.nodePort, first);
  });
}

test("a node port can be asked for in its range, and goes with the type", async (context) => {
  const api = await open(context);
  const at = (name: string, nodePort: number) =>
    service(name, { type: "NodePort", ports: [{ port: 80, nodePort }] });
  for (const nodePort of [80, 29_999, 32_768])
    await refused(api.post(services, at("a", nodePort)), /30000-32767/);
  assert.equal((await api.post(services, at("a", 30_080))).code, 201);
  const internal = specOf(await api.patch(`${services}/a`, "merge", { spec: { type: "ClusterIP" } }));
  assert.equal(internal.ports[0]?.nodePort, undefined);
  assert.equal((await api.post(services, at("b", 30_080))).code, 201);
});

test("what belongs to a type goes with it, unless it is asked for", async (context) => {
  const api = await open(context);
  const balanced = {
    type: "LoadBalancer",
    loadBalancerClass: "example.com/a",
    ports: [{ port: 80, nodePort: 30_080 }],
  };
  await api.post(services, service("a", balanced));
  const status = { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } };
  assert.equal((await api.patch(`${services}/a/status`, "merge", { status })).code, 200);
  const asked = { type: "ClusterIP", loadBalancerClass: "example.com/b" };
  assert.equal((await api.patch(`${services}/a`, "merge", { spec: asked })).code, 422);
  const name = { type: "ExternalName", externalName: "example.com" };
  const answer = await api.patch(`${services}/a`, "merge", { spec: name });
  assert.deepEqual(specOf(answer).ports, [{ port: 80, protocol: "TCP", targetPort: 80 }]);
  assert.deepEqual(
    Object.keys(specOf(answer)).filter((field) => /[bB]alancer|external/.test(field)),
    ["externalName"],
  );
  assert.deepEqual(answer.body["status"], { loadBalancer: {} });
  assert.equal((await api.post(services, service("b", { ...balanced, type: "NodePort" }))).code, 422);
  const { loadBalancerClass: _, ...free } = balanced;
  assert.equal((await api.post(services, service("b", free))).code, 201);
});

test("a load balancer may do without node ports", async (context) => {
  const api = await open(context);
  const spec = { type: "LoadBalancer", allocateLoadBalancerNodePorts: false };
  assert.equal(specOf(await api.post(services, service("a", spec))).ports[0]?.nodePort, undefined);
});
