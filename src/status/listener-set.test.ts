import assert from "node:assert/strict";
import { test } from "node:test";
import type { Condition } from "../resources/condition.ts";
import type { GatewayWanted, ListenerSetWanted, ListenerWanted } from "../resources/wanted-status.ts";
import { StatusWriter, type Failure } from "./status.ts";

const key = "ListenerSet/apps/more";

function good(type: string): Condition {
  return { type, status: "True", reason: type, message: "", observedGeneration: 1 };
}

const conditions = [good("Accepted"), good("Programmed")];

function listener(name: string, programKey: string): ListenerWanted {
  return { name, programKey, supportedKinds: [], attachedRoutes: 0, conditions };
}

function listenerSet(version: number): ListenerSetWanted {
  const listeners = ["one", "two"].map((name) => listener(name, `infra/gw/apps/more/${name}`));
  return { kind: "ListenerSet", key, version, conditions, listeners };
}

const gateway: GatewayWanted = {
  kind: "Gateway",
  key: "Gateway/infra/gw",
  version: 1,
  addresses: [],
  attachedListenerSets: 1,
  conditions,
  listeners: [listener("own", "infra/gw/own")],
};

function start(version: number): StatusWriter {
  const writer = new StatusWriter({ now: () => new Date("2026-11-01T10:00:00Z"), emit: () => {} });
  writer.want([gateway, listenerSet(version)]);
  return writer;
}

function said(writer: StatusWriter, type: string, name?: string): string {
  const written = writer.written.get(key);
  assert.ok(written?.kind === "ListenerSet");
  const { status } = written;
  const list = name === undefined ? status : status.listeners.find((one) => one.name === name);
  const found = list?.conditions.find((one) => one.type === type);
  return `${found?.status} ${found?.reason}`;
}

function failed(name: string, code: string): Failure {
  return { listener: `infra/gw/apps/more/${name}`, code, message: `${code} it is` };
}

test("a ListenerSet is Programmed when the proxies have the version that brought it", () => {
  const writer = start(2);
  assert.equal(said(writer, "Programmed"), "False Pending");
  writer.acknowledged(1, []);
  assert.equal(said(writer, "Programmed", "one"), "False Pending");
  writer.acknowledged(2, []);
  assert.equal(said(writer, "Programmed"), "True Programmed");
  assert.equal(said(writer, "Programmed", "one"), "True Programmed");
});

test("an entry that could not be bound spoils itself alone, and not the Gateway's own listeners", () => {
  const writer = start(1);
  writer.acknowledged(1, [failed("one", "EADDRINUSE")]);
  assert.equal(said(writer, "Accepted", "one"), "False PortUnavailable");
  assert.equal(said(writer, "Programmed", "one"), "False Invalid");
  assert.equal(said(writer, "Programmed", "two"), "True Programmed");
  assert.equal(said(writer, "Accepted"), "True ListenersNotValid");
  assert.equal(said(writer, "Programmed"), "True Programmed");
  const own = writer.written.get(gateway.key);
  assert.ok(own?.kind === "Gateway");
  assert.equal(own.status.conditions[1]?.status, "True");
  assert.equal(own.status.attachedListenerSets, 1);
  writer.acknowledged(1, []);
  assert.equal(said(writer, "Accepted", "one"), "True Accepted");
});

test("a set none of whose entries could be bound is not Programmed", () => {
  const writer = start(1);
  writer.acknowledged(1, [failed("one", "EADDRINUSE"), failed("two", "EADDRINUSE")]);
  assert.equal(said(writer, "Programmed"), "False PortUnavailable");
  assert.equal(said(writer, "Accepted"), "False ListenersNotValid");
  writer.acknowledged(1, [failed("one", "EADDRNOTAVAIL"), failed("two", "EADDRNOTAVAIL")]);
  assert.equal(said(writer, "Programmed"), "False Invalid");
});
