import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Condition } from "../resources/condition.ts";
import type { GatewayWanted, ParentWanted, RouteWanted } from "../resources/wanted-status.ts";
import type { GatewayStatus, RouteStatus } from "./patch.ts";
import { StatusWriter, type StatusPatch } from "./status.ts";

const key = "Gateway/infra/gw";
const start = Date.parse("2026-11-01T10:00:00Z");

let patches: StatusPatch[];
let seconds: number;
let writer: StatusWriter;

beforeEach(() => {
  patches = [];
  seconds = 0;
  writer = new StatusWriter({
    now: () => new Date(start + seconds * 1000),
    emit: (emitted) => patches.push(...emitted),
  });
});

function good(type: string, generation: number): Condition {
  return { type, status: "True", reason: type, message: "", observedGeneration: generation };
}

function bad(type: string, reason: string, generation: number): Condition {
  return { type, status: "False", reason, message: "", observedGeneration: generation };
}

interface Spec {
  readonly version: number;
  readonly generation?: number;
  readonly listeners?: readonly string[];
  readonly address?: string;
  readonly attachedRoutes?: number;
}

function gateway(spec: Spec): GatewayWanted {
  const { version, generation = 1, listeners = ["http"], address = "127.0.0.1", attachedRoutes = 0 } = spec;
  return {
    kind: "Gateway",
    key,
    version,
    addresses: [{ type: "IPAddress", value: address }],
    attachedListenerSets: 0,
    conditions: [
      good("Accepted", generation),
      good("Programmed", generation),
      good("AddressesAssigned", generation),
    ],
    listeners: listeners.map((name) => ({
      name,
      programKey: `infra/gw/${name}`,
      supportedKinds: [],
      attachedRoutes,
      conditions: [good("Accepted", generation), good("Programmed", generation)],
    })),
  };
}

function written(): GatewayStatus {
  const found = writer.written.get(key);
  assert.ok(found?.kind === "Gateway");
  return found.status;
}

/** `STATUS REASON GENERATION` of the Gateway's condition, or of its listener's. */
function said(type: string, listener?: string): string {
  const { conditions, listeners } = written();
  const list =
    listener === undefined ? conditions : listeners.find((one) => one.name === listener)?.conditions;
  const found = list?.find((one) => one.type === type);
  return `${found?.status} ${found?.reason} ${found?.observedGeneration}`;
}

function transition(type: string): string | undefined {
  return written().conditions.find((one) => one.type === type)?.lastTransitionTime;
}

function failure(listener: string, code: string) {
  return { listener: `infra/gw/${listener}`, code, message: `${code} on ${listener}` };
}

test("Programmed is Pending until the proxies have the version", () => {
  writer.want([gateway({ version: 3 })]);
  assert.equal(said("Accepted"), "True Accepted 1");
  assert.equal(said("Programmed"), "False Pending 1");
  assert.equal(said("Programmed", "http"), "False Pending 1");
  writer.acknowledged(2, []);
  assert.equal(said("Programmed"), "False Pending 1");
  writer.acknowledged(3, []);
  assert.equal(said("Programmed"), "True Programmed 1");
  assert.equal(said("Programmed", "http"), "True Programmed 1");
  assert.equal(patches.length, 2);
});

test("an acknowledgement that came first counts", () => {
  writer.acknowledged(3, []);
  writer.want([gateway({ version: 3 })]);
  assert.equal(said("Programmed"), "True Programmed 1");
});

test("nothing is emitted when nothing changed", () => {
  writer.want([gateway({ version: 1 })]);
  writer.acknowledged(1, []);
  patches.length = 0;
  seconds = 60;
  writer.want([gateway({ version: 1 })]);
  writer.acknowledged(2, []);
  assert.deepEqual(patches, []);
});

test("lastTransitionTime moves with the status of the condition, and with nothing else", () => {
  writer.want([gateway({ version: 1 })]);
  seconds = 5;
  writer.acknowledged(1, []);
  assert.equal(transition("Accepted"), "2026-11-01T10:00:00Z");
  assert.equal(transition("Programmed"), "2026-11-01T10:00:05Z");
  seconds = 9;
  writer.want([gateway({ version: 1, generation: 2 })]);
  assert.equal(said("Programmed"), "True Programmed 2");
  assert.equal(transition("Programmed"), "2026-11-01T10:00:05Z");
});

test("what is programmed stays so while the next version is on its way, as observed before", () => {
  writer.want([gateway({ version: 1 })]);
  writer.acknowledged(1, []);
  writer.want([gateway({ version: 2, generation: 2, listeners: ["http", "new"], address: "127.0.0.2" })]);
  assert.equal(said("Accepted"), "True Accepted 2");
  assert.equal(said("Programmed"), "True Programmed 1");
  assert.equal(said("Programmed", "http"), "True Programmed 1");
  assert.equal(said("Programmed", "new"), "False Pending 2");
  assert.deepEqual(written().addresses, [{ type: "IPAddress", value: "127.0.0.1" }]);
  assert.equal(said("AddressesAssigned"), "True AddressesAssigned 1");
  writer.acknowledged(2, []);
  assert.equal(said("Programmed"), "True Programmed 2");
  assert.equal(said("Programmed", "new"), "True Programmed 2");
  assert.deepEqual(written().addresses, [{ type: "IPAddress", value: "127.0.0.2" }]);
  assert.equal(said("AddressesAssigned"), "True AddressesAssigned 2");
});

test("bad news needs no acknowledgement", () => {
  writer.want([gateway({ version: 1 })]);
  writer.acknowledged(1, []);
  const lost = { ...gateway({ version: 2, generation: 2 }), addresses: [] };
  writer.want([
    { ...lost, conditions: [good("Accepted", 2), bad("Programmed", "AddressNotAssigned", 2)], listeners: [] },
  ]);
  assert.equal(said("Programmed"), "False AddressNotAssigned 2");
  assert.deepEqual(written().addresses, []);
});

test("counts of routes are written at once, without a new version", () => {
  writer.want([gateway({ version: 1 })]);
  writer.acknowledged(1, []);
  writer.want([gateway({ version: 1, attachedRoutes: 4 })]);
  assert.equal(written().listeners[0]?.attachedRoutes, 4);
  assert.equal(said("Programmed"), "True Programmed 1");
});

test("a listener whose port is taken is not accepted; the Gateway stands on the others", () => {
  writer.want([gateway({ version: 1, listeners: ["http", "taken"] })]);
  writer.acknowledged(1, [failure("taken", "EADDRINUSE")]);
  assert.equal(said("Accepted", "taken"), "False PortUnavailable 1");
  assert.equal(said("Programmed", "taken"), "False Invalid 1");
  assert.equal(said("Programmed", "http"), "True Programmed 1");
  assert.equal(said("Accepted"), "True ListenersNotValid 1");
  assert.equal(said("Programmed"), "True Programmed 1");
});

test("a Gateway none of whose listeners could be bound is not programmed", () => {
  writer.want([gateway({ version: 1 })]);
  writer.acknowledged(1, [failure("http", "EACCES")]);
  assert.equal(said("Accepted"), "False ListenersNotValid 1");
  assert.equal(said("Programmed"), "False Invalid 1");
  const condition = written().listeners[0]?.conditions.find((one) => one.type === "Accepted");
  assert.equal(condition?.message, "EACCES on http");
});

test("an address that the machine does not have is not usable", () => {
  writer.want([gateway({ version: 1 })]);
  writer.acknowledged(1, [failure("http", "EADDRNOTAVAIL")]);
  assert.equal(said("Accepted"), "True Accepted 1");
  assert.equal(said("Programmed"), "False AddressNotUsable 1");
  assert.equal(said("Programmed", "http"), "False Invalid 1");
});

test("a failure that is over is taken back", () => {
  writer.want([gateway({ version: 1 })]);
  writer.acknowledged(1, [failure("http", "EADDRINUSE")]);
  writer.acknowledged(1, []);
  assert.equal(said("Accepted"), "True Accepted 1");
  assert.equal(said("Programmed"), "True Programmed 1");
  assert.equal(said("Programmed", "http"), "True Programmed 1");
});

test("an acknowledgement out of date is ignored", () => {
  writer.want([gateway({ version: 2 })]);
  writer.acknowledged(2, []);
  writer.acknowledged(1, [failure("http", "EADDRINUSE")]);
  assert.equal(said("Programmed"), "True Programmed 1");
});

test("what is removed is said once and forgotten", () => {
  writer.want([gateway({ version: 1 })]);
  writer.want([{ kind: "Removed", key }]);
  writer.want([{ kind: "Removed", key }]);
  assert.deepEqual(patches.at(-1), { kind: "Removed", key });
  assert.equal(patches.length, 2);
  writer.acknowledged(1, []);
  assert.equal(patches.length, 2);
});

test("a class says what is supported, one name each", () => {
  const name = "GatewayClass//gatewright";
  writer.want([
    {
      kind: "GatewayClass",
      key: name,
      conditions: [good("Accepted", 1)],
      supportedFeatures: ["Gateway", "HTTPRoute"],
    },
  ]);
  assert.deepEqual(patches, [
    {
      kind: "GatewayClass",
      key: name,
      status: {
        conditions: [{ ...good("Accepted", 1), lastTransitionTime: "2026-11-01T10:00:00Z" }],
        supportedFeatures: [{ name: "Gateway" }, { name: "HTTPRoute" }],
      },
    },
  ]);
});

function parent(name: string, condition: Condition): ParentWanted {
  return {
    parentRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name },
    controllerName: "example.com/gatewright",
    conditions: [condition],
  };
}

function route(...parents: readonly ParentWanted[]): RouteWanted {
  return { kind: "HTTPRoute", key: "HTTPRoute/default/r", parents };
}

test("each parent of a route keeps its own times, wherever it stands in the list", () => {
  writer.want([route(parent("a", good("Accepted", 1)), parent("b", good("Accepted", 1)))]);
  seconds = 7;
  writer.want([route(parent("b", good("Accepted", 2)), parent("a", bad("Accepted", "NoMatchingParent", 2)))]);
  const status = writer.written.get("HTTPRoute/default/r")?.status as RouteStatus;
  assert.deepEqual(
    status.parents.map((one) => [one.parentRef.name, one.conditions[0]?.lastTransitionTime]),
    [
      ["b", "2026-11-01T10:00:00Z"],
      ["a", "2026-11-01T10:00:07Z"],
    ],
  );
});
