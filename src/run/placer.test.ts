import assert from "node:assert/strict";
import { test } from "node:test";
import type { Gateway } from "../resources/gateway/gateway.ts";
import type { ListenerSet } from "../resources/gateway/listener-set.ts";
import { keyOf, type Resource, type ResourceKey } from "../resources/resource.ts";
import { Addresses } from "./addresses.ts";
import { ClusterPorts } from "./cluster-ports.ts";
import { Placer } from "./placer.ts";
import type { Probe } from "./probe.ts";

/** @param listeners `UDP 53` */
function gateway(listeners: readonly string[], addresses?: Gateway["spec"]["addresses"]): Gateway {
  const resource: Resource & { spec: unknown } = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: {
      name: "web",
      namespace: "shop",
      creationTimestamp: "2026-01-01T00:00:00Z",
      generation: 1,
      labels: {},
      annotations: {},
    },
    spec: {
      ...(addresses !== undefined && { addresses }),
      listeners: listeners.map((one) => ({ protocol: one.split(" ")[0], port: Number(one.split(" ")[1]) })),
    },
  };
  return resource as Gateway;
}

const nobody: ReadonlySet<ResourceKey> = new Set();

test("every port is asked for in the transport that its protocol is spoken over", async () => {
  const asked = new Set<string>();
  const probe: Probe = async (_address, port, transport) => {
    asked.add(`${transport} ${port}`);
    return transport === "UDP" && port === 53 ? "denied" : "free";
  };
  const placer = new Placer(new Addresses({ portOffset: "auto", probe }));
  const web = gateway(["UDP 53", "TCP 53", "TLS 443", "HTTP 80", "UDP 9000"]);
  const key = keyOf(web);
  const placements = await placer.place(new Map([[key, web]]), new Map(), [{ key, object: web }], nobody);
  assert.deepEqual(placements, [{ gateway: key, place: { addresses: ["127.9.0.1"], portOffset: 8000 } }]);
  assert.deepEqual(placer.notices, [
    "Gateway shop/web: 53 is 8053, 53/UDP is 8053/UDP, 80 is 8080, 443 is 8443, since binding ports below 1024 takes a privilege that this user has not",
  ]);
  assert.ok(["UDP 8053", "TCP 8053", "TCP 8080", "TCP 8443"].every((one) => asked.has(one)));
});

/** @param from Of the Gateway's `allowedListeners`. */
async function placeWithSet(from: string | undefined, namespace: string): Promise<readonly unknown[]> {
  const probe: Probe = async (_address, port) => (port < 1024 ? "denied" : "free");
  const wayIn = { ports: new ClusterPorts("10.0.0.7", probe), clusterIPs: () => [] };
  const placer = new Placer(new Addresses({ portOffset: "auto", probe }), wayIn);
  const plain = gateway(["HTTP 80"]);
  const allowedListeners = from !== undefined && { allowedListeners: { namespaces: { from } } };
  const web = { ...plain, spec: { ...plain.spec, ...allowedListeners } } as Gateway;
  const set = {
    ...gateway(["TCP 8080"]),
    kind: "ListenerSet",
    metadata: { ...plain.metadata, namespace, name: "set" },
  };
  const spec = { ...set.spec, parentRef: { name: "web", namespace: "shop" } };
  const sets = new Map([["ListenerSet/x/set", { ...set, spec } as unknown as ListenerSet]]);
  const [placement] = await placer.place(
    new Map([[keyOf(web), web]]),
    sets,
    [{ key: keyOf(web), object: web }],
    nobody,
  );
  return [placement?.place?.portOffset, ...Object.keys(placement?.place?.cluster?.ports ?? {})];
}

for (const [from, namespace, isTaken] of [
  [undefined, "shop", false],
  ["None", "shop", false],
  ["Same", "shop", true],
  ["Same", "other", false],
  ["All", "other", true],
  ["Selector", "other", true],
] as const)
  test(`a ListenerSet in ${namespace} ${isTaken ? "counts" : "moves no port"} where ${from ?? "nothing"} is allowed`, async () => {
    // 8080 is where 80 would be shifted to.
    const expected = isTaken ? [18_000, "TCP 80", "TCP 8080"] : [8000, "TCP 80"];
    assert.deepEqual(await placeWithSet(from, namespace), expected);
  });

test("an address is the same however it is written: nobody shares its ports unnoticed", async () => {
  const placer = new Placer(new Addresses({ portOffset: "auto", probe: async () => "free" }));
  const values = ["0:0:0:0:0:0:0:1", "::ffff:127.0.0.7", "::1"];
  const web = gateway(
    ["HTTP 8080"],
    values.map((value) => ({ type: "IPAddress", value })),
  );
  const key = keyOf(web);
  const [placement] = await placer.place(new Map([[key, web]]), new Map(), [{ key, object: web }], nobody);
  assert.deepEqual(placement?.place?.addresses, ["::1", "127.0.0.7"]);
});

test("with a way in from a cluster a place has it, anew when a Service got its address", async () => {
  const probe: Probe = async () => "free";
  const ips: string[] = [];
  const wayIn = { ports: new ClusterPorts("10.0.0.7", probe), clusterIPs: () => [...ips] };
  const placer = new Placer(new Addresses({ portOffset: "auto", probe }), wayIn);
  const web = gateway(["HTTP 80"]);
  const key = keyOf(web);
  const gateways = new Map([[key, web]]);
  const [first] = await placer.place(gateways, new Map(), [{ key, object: web }], nobody);
  assert.equal(first?.place?.cluster?.address, "10.0.0.7");
  assert.deepEqual(first?.place?.cluster?.clusterIPs, []);
  assert.deepEqual(first?.place?.cluster?.kept, { first: 20_000, last: 29_999 });
  ips.push("10.96.0.9");
  assert.deepEqual(
    await placer.place(gateways, new Map(), [], nobody),
    [],
    "nobody is asked without a reason",
  );
  const [second] = await placer.place(gateways, new Map(), [], new Set([key]));
  assert.deepEqual(second?.place?.cluster, { ...first?.place?.cluster, clusterIPs: ips });
  assert.deepEqual(await placer.place(gateways, new Map(), [], new Set([key])), []);
});
