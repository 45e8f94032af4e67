import assert from "node:assert/strict";
import { test } from "node:test";
import {
  absent,
  http,
  https,
  makeClass,
  makeGateway,
  makeRoute,
  makeSecret,
  makeService,
  makeSlice,
  newTranslator,
  place,
  present,
} from "../../test/property/translate-objects.ts";
import { isEmptyChange } from "../program/change.ts";
import type { Gateway } from "../resources/gateway/gateway.ts";
import type { GatewayWanted, WantedStatus } from "../resources/wanted-status.ts";
import { Translator, type Translation } from "./translate.ts";

const ground = [makeClass("gatewright"), makeGateway("infra/gw", [http("http", 80)])];
const placements = [place("infra/gw", "127.0.0.1")];

function start(): Translator {
  const translator = newTranslator();
  translator.apply({ changes: ground.map(present), placements });
  return translator;
}

function gatewayOf({ statuses }: Translation, key = "Gateway/infra/gw"): GatewayWanted {
  const found = statuses.find((status) => status.key === key);
  assert.ok(found?.kind === "Gateway");
  return found;
}

function said(status: GatewayWanted, listener: string, type: string): string {
  const found = status.listeners.find((one) => one.name === listener);
  const condition = found?.conditions.find((one) => one.type === type);
  return `${condition?.status} ${condition?.reason}`;
}

function summary({ kind, key }: WantedStatus): string {
  return `${kind} ${key}`;
}

test("a Gateway waits for the version that brought its listeners, not for those of routes", () => {
  const translator = start();
  const first = translator.apply({ changes: [present(makeRoute("a/r", ["infra/gw"], "/", ["a/s"]))] });
  assert.equal(first.change.version, 2);
  assert.equal(gatewayOf(first).version, 1);
  assert.equal(gatewayOf(first).listeners[0]?.attachedRoutes, 1);
  const moved = translator.apply({ changes: [], placements: [place("infra/gw", "127.0.0.9")] });
  assert.equal(gatewayOf(moved).version, moved.change.version);
});

test("a route is published together with its backend, and the last reference takes it away", () => {
  const translator = start();
  translator.apply({ changes: [makeService("a/s"), makeSlice("a/e", "s", ["10.0.0.1"])].map(present) });
  assert.equal(translator.program.backends.size, 0);
  const one = makeRoute("a/one", ["infra/gw"], "/1", ["a/s"]);
  const two = makeRoute("a/two", ["infra/gw"], "/2", ["a/s"]);
  const both = translator.apply({ changes: [present(one), present(two)] });
  assert.deepEqual(
    both.change.backends.set.map((backend) => backend.key),
    ["a/s:80"],
  );
  assert.equal(both.work.backends, 1);
  assert.deepEqual(translator.apply({ changes: [absent(one)] }).change.backends.remove, []);
  assert.deepEqual(translator.apply({ changes: [absent(two)] }).change.backends.remove, ["a/s:80"]);
});

test("an EndpointSlice changes its backend and nothing else", () => {
  const translator = start();
  const objects = [makeRoute("a/r", ["infra/gw"], "/", ["a/s"]), makeService("a/s")];
  translator.apply({ changes: objects.map(present) });
  const slice = makeSlice("a/e", "s", ["10.0.0.1"]);
  const { change, statuses, work } = translator.apply({ changes: [present(slice)] });
  const endpoints = [{ host: "10.0.0.1", port: 8080 }];
  assert.deepEqual(change.backends.set, [{ key: "a/s:80", endpoints }]);
  assert.deepEqual(change.routes, { set: [], remove: [] });
  assert.deepEqual(statuses, []);
  assert.equal(work.routes, 0);
});

test("what is not ours any more is said to be removed, once", () => {
  const translator = start();
  translator.apply({ changes: [present(makeRoute("a/r", ["infra/gw"], "/", []))] });
  const gone = translator.apply({ changes: [absent(makeClass("gatewright"))] });
  assert.deepEqual(gone.statuses.map(summary), [
    "Removed Gateway/infra/gw",
    "Removed GatewayClass//gatewright",
    "Removed HTTPRoute/a/r",
  ]);
  assert.deepEqual(gone.change.listeners.remove, ["infra/gw/http"]);
  assert.deepEqual(translator.apply({ changes: [absent(makeClass("gatewright"))] }).statuses, []);
});

test("a controller accepts the classes of its own name only", () => {
  const translator = new Translator({ accepts: (name) => name === "else.example/x", supportedFeatures: [] });
  const { change, statuses } = translator.apply({ changes: ground.map(present), placements });
  assert.ok(isEmptyChange(change));
  assert.deepEqual(statuses, []);
});

const fqdns = ["a.example", "local"].map((name) => ({ addresses: [name], conditions: {} }));

for (const barred of [undefined, "special", "special and loopback"] as const) {
  test(`names of hosts outside lead elsewhere, ${barred ?? "nothing"} said; addresses lead where they lead`, () => {
    const options = { accepts: () => true, supportedFeatures: [], ...(barred !== undefined && { barred }) };
    const slice = makeSlice("a/s", "s", ["127.0.0.1"]);
    const addressType = "FQDN";
    const names = { ...makeSlice("a/n", "s", []), addressType, endpoints: fqdns };
    const objects = [
      ...ground,
      makeRoute("a/r", ["infra/gw"], "/", ["a/s"]),
      makeService("a/s"),
      slice,
      names,
    ];
    const changes = objects.map(present);
    const { change } = new Translator(options).apply({ changes, placements });
    assert.deepEqual(
      change.backends.set[0]?.endpoints.map((endpoint) => [endpoint.host, endpoint.barred]),
      [
        ["127.0.0.1", undefined],
        ["a.example", barred ?? "special and loopback"],
        ["local", undefined],
      ],
    );
  });
}

test("supported features are sorted, whatever their order was", () => {
  const translator = newTranslator();
  const { statuses } = translator.apply({ changes: [present(makeClass("gatewright"))] });
  assert.ok(statuses[0]?.kind === "GatewayClass");
  assert.deepEqual(statuses[0].supportedFeatures, ["Gateway", "HTTPRoute"]);
});

test("features that come and go are news for classes of ours, and for nobody else", () => {
  const translator = newTranslator();
  const gateway = makeGateway("infra/gw", [http("low", 80)]);
  translator.apply({ changes: [makeClass("gatewright"), gateway].map(present) });
  const { change, statuses } = translator.apply({ changes: [], supportedFeatures: ["Gateway", "A"] });
  assert.deepEqual(
    [change.listeners.set, statuses.map(({ key }) => key)],
    [[], ["GatewayClass//gatewright"]],
  );
  assert.ok(statuses[0]?.kind === "GatewayClass");
  assert.deepEqual(statuses[0].supportedFeatures, ["A", "Gateway"]);
  assert.deepEqual(translator.apply({ changes: [], supportedFeatures: ["A", "Gateway"] }).statuses, []);
});

test("ports below 1024 are shifted by the offset, the others are not", () => {
  const translator = newTranslator();
  const two = makeGateway("infra/gw", [http("low", 80), http("high", 9000)]);
  const changes = [makeClass("gatewright"), two].map(present);
  const { change } = translator.apply({ changes, placements: [place("infra/gw", "127.0.0.1", 8000)] });
  assert.deepEqual(
    change.listeners.set.map((listener) => `${listener.key} ${listener.binds[0]?.port}`),
    ["infra/gw/high 9000", "infra/gw/low 8080"],
  );
});

test("a port that the shift leads onto belongs to the listener that was not shifted", () => {
  const translator = newTranslator();
  const two = makeGateway("infra/gw", [http("low", 80), http("high", 8080)]);
  const changes = [makeClass("gatewright"), two].map(present);
  const translation = translator.apply({ changes, placements: [place("infra/gw", "127.0.0.1", 8000)] });
  assert.equal(said(gatewayOf(translation), "low", "Accepted"), "False PortUnavailable");
  assert.equal(said(gatewayOf(translation), "high", "Accepted"), "True Accepted");
  assert.deepEqual([...translator.program.listeners.keys()], ["infra/gw/high"]);
});

test("listeners of one Gateway with the same port, protocol and hostname all lose", () => {
  // The schema refuses such a Gateway; one that came before the rule, or another way, is still no exception.
  const gateway = makeGateway("infra/gw", [http("a", 80), http("b", 81), http("c", 82)]) as Gateway;
  const listeners = gateway.spec.listeners.map((one) => (one.name === "b" ? { ...one, port: 80 } : one));
  const twice: Gateway = { ...gateway, spec: { ...gateway.spec, listeners } };
  const changes = [makeClass("gatewright"), twice].map(present);
  const status = gatewayOf(newTranslator().apply({ changes, placements }));
  for (const name of ["a", "b"]) {
    assert.equal(said(status, name, "Conflicted"), "True HostnameConflict");
    assert.equal(said(status, name, "Accepted"), "False HostnameConflict");
    assert.equal(said(status, name, "Programmed"), "False Invalid");
  }
  assert.equal(said(status, "c", "Accepted"), "True Accepted");
});

test("the heir of a port serves in the same change in which its owner goes", () => {
  const translator = start();
  const younger = makeGateway("infra/zz", [http("http", 80)], { creationTimestamp: "2030-01-01T00:00:00Z" });
  const second = translator.apply({
    changes: [present(younger)],
    placements: [place("infra/zz", "127.0.0.1")],
  });
  assert.equal(said(gatewayOf(second, "Gateway/infra/zz"), "http", "Accepted"), "False PortUnavailable");
  const { change } = translator.apply({ changes: ground.slice(1).map(absent) });
  assert.deepEqual(change.listeners.remove, ["infra/gw/http"]);
  assert.deepEqual(
    change.listeners.set.map((listener) => listener.key),
    ["infra/zz/http"],
  );
});

test("listener filters that cannot be run keep the listener from being served", () => {
  const auth = { group: "example.com", kind: "Auth", name: "login" };
  const filters = { requests: [{ type: "ExtensionRef", extensionRef: auth }] };
  const guarded = { ...http("http", 80), filters };
  const changes = [makeClass("gatewright"), makeGateway("infra/gw", [guarded])].map(present);
  const translation = newTranslator().apply({ changes, placements });
  assert.equal(said(gatewayOf(translation), "http", "Accepted"), "False UnsupportedValue");
  assert.ok(isEmptyChange(translation.change));
});

test("a certificate that is rotated is one small change, and unused it is the proxies' business no longer", () => {
  const translator = newTranslator();
  const secure = makeGateway("infra/gw", [https("https", 443, ["infra/cert"])]);
  const secret = makeSecret("infra/cert", "cert-a");
  translator.apply({ changes: [makeClass("gatewright"), secure, secret].map(present), placements });
  const before = translator.program.certificates.get("infra/cert");
  const rotated = translator.apply({ changes: [present(makeSecret("infra/cert", "cert-wildcard"))] });
  assert.deepEqual(
    rotated.change.certificates.set.map(({ key }) => key),
    ["infra/cert"],
  );
  assert.notEqual(translator.program.certificates.get("infra/cert")?.chain, before?.chain);
  assert.deepEqual(rotated.change.listeners, { set: [], remove: [] });
  assert.deepEqual(rotated.statuses, []);
  const gone = translator.apply({ changes: [present(makeGateway("infra/gw", [http("http", 80)]))] });
  assert.deepEqual(gone.change.certificates.remove, ["infra/cert"]);
});

test("a certificate that comes after its Gateway brings the listener, and going takes it away", () => {
  const translator = newTranslator();
  const secure = makeGateway("infra/gw", [https("https", 443, ["infra/cert"])]);
  const first = translator.apply({ changes: [makeClass("gatewright"), secure].map(present), placements });
  assert.equal(said(gatewayOf(first), "https", "ResolvedRefs"), "False InvalidCertificateRef");
  const secret = makeSecret("infra/cert", "cert-a");
  const second = translator.apply({ changes: [present(secret)] });
  assert.equal(said(gatewayOf(second), "https", "Programmed"), "True Programmed");
  assert.equal(gatewayOf(second).version, second.change.version);
  const { change } = translator.apply({ changes: [absent(secret)] });
  assert.deepEqual(change.listeners.remove, ["infra/gw/https"]);
  assert.deepEqual(change.certificates.remove, ["infra/cert"]);
});
