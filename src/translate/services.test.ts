import assert from "node:assert/strict";
import { test } from "node:test";
import {
  absent,
  http,
  https,
  makeClass,
  makeGateway,
  newTranslator,
  present,
  stream,
} from "../../test/property/translate-objects.ts";
import type { Gateway } from "../resources/gateway/gateway.ts";
import type { Resource } from "../resources/resource.ts";
import type { ServiceWanted } from "../resources/wanted-service.ts";
import type { ClusterPlace, Translation, Translator } from "./translate.ts";

const key = "Gateway/infra/gw";
const cluster: ClusterPlace = {
  address: "10.0.0.7",
  ports: { "TCP 80": 20_080, "TCP 443": 20_443, "UDP 53": 20_053 },
  clusterIPs: [],
};
const place = { addresses: ["127.0.0.1"], portOffset: 0, cluster };
const listeners = [http("http", 80), stream("dns", "UDP", 53), https("https", 443, ["infra/missing"])];

function gateway(spec: Partial<Gateway["spec"]> = {}, metadata = { uid: "u-1" }): Resource {
  const made = makeGateway("infra/gw", listeners, metadata) as Gateway;
  return { ...made, spec: { ...made.spec, ...spec } } as Resource;
}

function start(made: Resource): { translator: Translator; first: Translation } {
  const translator = newTranslator();
  const changes = [makeClass("gatewright"), made].map(present);
  return { translator, first: translator.apply({ changes, placements: [{ gateway: key, place }] }) };
}

function servicesOf({ services }: Translation): readonly ServiceWanted[] {
  assert.deepEqual(
    services.map((one) => one.key),
    [key],
  );
  return services[0]!.services;
}

test("a Gateway has a Service with its infrastructure's metadata and the ports of listeners that are served", () => {
  const infrastructure = { labels: { team: "a" }, annotations: { note: "b" } };
  const { translator, first } = start(gateway({ infrastructure }));
  assert.deepEqual(servicesOf(first), [
    {
      gateway: { namespace: "infra", name: "gw", uid: "u-1" },
      gatewayClass: "gatewright",
      ordinal: 0,
      labels: { team: "a" },
      annotations: { note: "b" },
      address: "10.0.0.7",
      // The listener without a certificate is not among them.
      ports: [
        { name: "tcp-80", transport: "TCP", port: 80, targetPort: 20_080 },
        { name: "udp-53", transport: "UDP", port: 53, targetPort: 20_053 },
      ],
    },
  ]);
  const again = translator.apply({ changes: [present(gateway({ infrastructure }))] });
  assert.deepEqual(again.services, [], "nothing new");
  const gone = translator.apply({ changes: [absent(gateway())] });
  assert.deepEqual(gone.services, [{ key, services: [] }]);
});

test("a Gateway without a listener that is served keeps its Service", () => {
  const only = { listeners: [https("https", 443, ["infra/missing"])] } as unknown as Partial<Gateway["spec"]>;
  const [service] = servicesOf(start(gateway(only)).first);
  assert.deepEqual(
    service?.ports.map(({ name }) => name),
    ["tcp-443"],
  );
});

test("each ClusterIP that is asked for has a Service of its own", () => {
  const addresses = [
    { type: "IPAddress", routability: "Cluster" },
    { type: "IPAddress" },
    { type: "IPAddress", value: "10.96.0.9", routability: "Cluster" },
  ];
  const services = servicesOf(start(gateway({ addresses })).first);
  assert.deepEqual(
    services.map(({ ordinal, clusterIP }) => [ordinal, clusterIP]),
    [
      [0, undefined],
      [1, "10.96.0.9"],
    ],
  );
});

const A = "10.96.0.7";
const B = "10.96.0.8";
/** What is asked for, what the Services have, and what they are asked to have. */
const shares: readonly (readonly [
  asked: readonly string[],
  has: readonly string[],
  is: readonly string[],
])[] = [
  [["", A], [], ["", A]],
  [["", A], [A], [A, ""]],
  [
    ["", A],
    [A, B],
    [A, ""],
  ],
  [
    [A, ""],
    [B, A],
    ["", A],
  ],
  [[A, ""], [B], ["", A]],
  [
    [A, ""],
    ["", B],
    [A, ""],
  ],
  [
    [B, A],
    [A, B],
    [A, B],
  ],
  [
    ["", ""],
    ["", B],
    ["", ""],
  ],
  [
    ["fd00:0::7", ""],
    ["10.96.0.9", "fd00::7"],
    ["", "fd00:0::7"],
  ],
];
for (const [asked, has, is] of shares)
  test(`of Services that have [${has.join()}] none waits for another's address when [${asked.join()}] is asked for`, () => {
    const addresses = asked.map((value) => ({ type: "IPAddress", routability: "Cluster", value }));
    const { translator } = start(gateway());
    const placement = { gateway: key, place: { ...place, cluster: { ...cluster, clusterIPs: has } } };
    const services = servicesOf(
      translator.apply({ changes: [present(gateway({ addresses }))], placements: [placement] }),
    );
    assert.deepEqual(
      services.map(({ clusterIP = "" }) => clusterIP),
      is,
    );
  });

test("a Gateway that is not accepted, or without the addresses it asks for, has none", () => {
  const parametersRef = { group: "example.com", kind: "Parameters", name: "p" };
  const refused = gateway({ infrastructure: { parametersRef } });
  assert.deepEqual(start(refused).first.services, []);
  const addresses = [{ type: "IPAddress", value: "192.0.2.1" }];
  assert.deepEqual(start(gateway({ addresses })).first.services, []);
  const { translator, first } = start(gateway());
  assert.equal(servicesOf(first).length, 1);
  const outside = { gateway: key, place: { addresses: ["127.0.0.1"], portOffset: 0 } };
  const without = translator.apply({ changes: [], placements: [outside] });
  assert.deepEqual(without.services, [{ key, services: [] }], "no way in any more");
});
