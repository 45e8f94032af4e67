import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { test, type TestContext } from "node:test";
import { AddressPool } from "./address-pool.ts";
import { Addresses, type Tenant } from "./addresses.ts";
import { chooseOffset, type Port } from "./port-offset.ts";
import { probeBind, type Probe, type Verdict } from "./probe.ts";

const a = "Gateway/default/a";
const b = "Gateway/default/b";
const c = "Gateway/default/c";

function tenant(gateway: string, ports: readonly number[], demands: readonly string[] = [""]): Tenant {
  return { gateway, ports: ports.map(tcp), demands };
}

function tcp(port: number): Port {
  return { transport: "TCP", port };
}

function udp(port: number): Port {
  return { transport: "UDP", port };
}

const unnamed = () => false;

test("the pool numbers Gateways in their order and keeps an address for a name", () => {
  const pool = new AddressPool();
  const live = new Set([a, b]);
  assert.deepEqual(
    [pool.take(a, 0, live, unnamed), pool.take(b, 0, live, unnamed)],
    ["127.9.0.1", "127.9.0.2"],
  );
  // `a` is gone, `c` comes: it does not step into its place, and `a` may come back to it.
  assert.equal(pool.take(c, 0, new Set([b, c]), unnamed), "127.9.0.3");
  assert.equal(pool.take(a, 0, new Set([a, b, c]), unnamed), "127.9.0.1");
});

test("addresses go on after 254, without network and broadcast numbers", () => {
  const pool = new AddressPool();
  const taken = Array.from({ length: 300 }, (_, n) =>
    pool.take(`Gateway/default/g${n}`, 0, new Set(), unnamed),
  );
  assert.equal(new Set(taken).size, 300);
  assert.deepEqual(taken.slice(252, 256), ["127.9.0.253", "127.9.0.254", "127.9.1.1", "127.9.1.2"]);
});

test("a full pool takes from the dead, never from the living", () => {
  const pool = new AddressPool(2);
  assert.deepEqual(
    [pool.take(a, 0, new Set([a]), unnamed), pool.take(b, 0, new Set([a, b]), unnamed)],
    ["127.9.0.1", "127.9.0.2"],
  );
  assert.equal(pool.take(c, 0, new Set([a, c]), unnamed), "127.9.0.2");
});

async function offset(ports: readonly number[], verdicts: Record<number, Verdict>, held?: number) {
  return await chooseOffset(ports.map(tcp), held, async ({ port }) => verdicts[port] ?? "free");
}

test("ports are shifted only when they have to be", async () => {
  assert.deepEqual(await offset([80, 443], {}), { offset: 0 });
  assert.deepEqual(await offset([80], { 80: "denied" }), { offset: 8000, why: "denied" });
  assert.deepEqual(await offset([80, 443], { 443: "taken" }), { offset: 8000, why: "taken" });
  assert.deepEqual(await offset([80], { 80: "denied", 8080: "taken" }), { offset: 18_000, why: "denied" });
  assert.deepEqual(
    await offset([8080, 1024], { 8080: "taken" }),
    { offset: 0 },
    "high ports cannot be shifted",
  );
});

test("a shift does not lead onto a port of the same Gateway", async () => {
  assert.deepEqual(await offset([80, 8080], { 80: "denied" }), { offset: 18_000, why: "denied" });
});

test("ports of UDP are other ports, and are shifted with the rest", async () => {
  const asked: string[] = [];
  const ask = async ({ transport, port }: Port): Promise<Verdict> => {
    asked.push(`${transport} ${port}`);
    return transport === "UDP" && port === 53 ? "denied" : "free";
  };
  // 8053 is a port of TCP here, and in nobody's way.
  const ports = [tcp(53), udp(53), tcp(8053), udp(53)];
  assert.deepEqual(await chooseOffset(ports.slice(1), undefined, ask), { offset: 8000, why: "denied" });
  assert.deepEqual(asked, ["UDP 53", "UDP 8053"]);
  assert.deepEqual(await chooseOffset(ports, undefined, ask), { offset: 18_000, why: "denied" });
});

test("two Gateways of a shared address have one number each, of TCP and of UDP", async () => {
  const addresses = new Addresses({
    portOffset: "auto",
    probe: async (address) => (address === "127.0.0.1" ? "free" : "absent"),
  });
  const places = await addresses.place([
    { gateway: a, ports: [tcp(53)], demands: [""] },
    { gateway: b, ports: [udp(53)], demands: [""] },
    { gateway: c, ports: [udp(53)], demands: [""] },
  ]);
  assert.deepEqual(
    [a, b, c].map((gateway) => places.get(gateway)?.portOffset),
    [0, 0, 8000],
  );
});

test("an offset is kept while it is free", async () => {
  assert.deepEqual(await offset([80], {}, 8000), { offset: 8000 });
  assert.deepEqual(await offset([80], { 8080: "taken" }, 8000), { offset: 0 });
});

test("when everything is taken the first permitted offset stays, and the listener says so", async () => {
  const all = Object.fromEntries(
    [80, 8080, 18_080, 28_080, 38_080, 48_080, 58_080].map((port) => [port, "taken" as const]),
  );
  assert.deepEqual(await offset([80], all), { offset: 0 });
  assert.deepEqual(await offset([80], { ...all, 80: "denied" }), { offset: 8000, why: "denied" });
});

/** A machine whose answers are written down. */
function machine(answer: (address: string, port: number) => Verdict): Probe {
  return async (address, port) => answer(address, port);
}

test("every Gateway has an address of its own and keeps it", async () => {
  const addresses = new Addresses({ portOffset: "auto", probe: machine(() => "free") });
  const first = await addresses.place([tenant(a, [80]), tenant(b, [80])]);
  assert.equal(first.get(a)?.addresses[0], "127.9.0.1");
  assert.equal(first.get(b)?.addresses[0], "127.9.0.2");
  const second = await addresses.place([tenant(c, [80]), tenant(b, [80, 81])]);
  assert.equal(second.get(a), undefined);
  assert.equal(second.get(b)?.addresses[0], "127.9.0.2");
  assert.equal(second.get(c)?.addresses[0], "127.9.0.3");
});

test("a bound port is not asked for again: it would be found taken, by us", async () => {
  const bound = new Set<string>();
  const probe = machine((address, port) => (bound.has(`${address} ${port}`) ? "taken" : "free"));
  const addresses = new Addresses({ portOffset: "auto", probe });
  await addresses.place([tenant(a, [80])]);
  bound.add("127.9.0.1 80");
  const places = await addresses.place([tenant(a, [80, 443])]);
  assert.equal(places.get(a)?.portOffset, 0);
});

test("where the machine has only 127.0.0.1 the second Gateway is shifted", async () => {
  const addresses = new Addresses({
    portOffset: "auto",
    probe: machine((address) => (address === "127.0.0.1" ? "free" : "absent")),
  });
  const places = await addresses.place([tenant(a, [80, 443]), tenant(b, [80]), tenant(c, [443])]);
  const brief = [a, b, c].map((key) => [
    places.get(key)?.addresses[0],
    places.get(key)?.portOffset,
    places.get(key)?.shifted,
  ]);
  assert.deepEqual(brief, [
    ["127.0.0.1", 0, undefined],
    ["127.0.0.1", 8000, "taken"],
    ["127.0.0.1", 8000, "taken"],
  ]);
});

test("shifts and their reason are kept over edits", async () => {
  const addresses = new Addresses({
    portOffset: "auto",
    probe: machine((_, port) => (port !== 0 && port < 1024 ? "denied" : "free")),
  });
  await addresses.place([tenant(a, [80])]);
  const { portOffset, shifted } = (await addresses.place([tenant(a, [80, 443])])).get(a)!;
  assert.deepEqual({ portOffset, shifted }, { portOffset: 8000, shifted: "denied" });
});

test("the user's address is for all, and neighbours are not evaded on it", async () => {
  const addresses = new Addresses({ address: "192.0.2.1", portOffset: "auto", probe: machine(() => "free") });
  const places = await addresses.place([tenant(a, [80]), tenant(b, [80])]);
  for (const key of [a, b]) {
    assert.deepEqual([places.get(key)?.addresses[0], places.get(key)?.portOffset], ["192.0.2.1", 0]);
  }
});

test("a Gateway gets the address that it demands, if the machine has it", async () => {
  const addresses = new Addresses({
    portOffset: 0,
    probe: machine((address) => (/^(192\.0\.2\.7|127\..*)$/.test(address) ? "free" : "absent")),
  });
  const places = await addresses.place([
    tenant(a, [80], ["203.0.113.1", "192.0.2.7"]),
    tenant(b, [80], ["203.0.113.1"]),
  ]);
  assert.deepEqual(places.get(a)?.addresses, ["192.0.2.7"]);
  assert.deepEqual(places.get(b)?.addresses, [], "and no other in its place");
});

test("an address that a Gateway was given is nobody else's, whoever names it and is older", async () => {
  const addresses = new Addresses({ portOffset: 0, probe: machine(() => "free") });
  await addresses.place([tenant(a, [8080], ["127.0.0.7"]), tenant(b, [8080])]);
  const named = await addresses.place([tenant(a, [8080], ["127.9.0.1"]), tenant(b, [8080])]);
  assert.deepEqual(named.get(a)?.addresses, []);
  assert.deepEqual(named.get(b)?.addresses, ["127.9.0.1"]);
  // Its own it may name, and one that nobody has: that is not given to others then.
  const own = await addresses.place([tenant(a, [8080], ["127.9.0.2"]), tenant(b, [8080], ["127.9.0.1"])]);
  assert.deepEqual(own.get(a)?.addresses, ["127.9.0.2"]);
  assert.deepEqual(own.get(b)?.addresses, ["127.9.0.1"]);
  const next = await addresses.place([tenant(a, [80], ["127.9.0.2"]), tenant(b, [80]), tenant(c, [80])]);
  assert.deepEqual(next.get(c)?.addresses, ["127.9.0.3"]);
  // One that comes back to find its address taken gets another one.
  await addresses.place([tenant(a, [80], ["127.9.0.1"]), tenant(c, [80])]);
  const back = await addresses.place([tenant(a, [80], ["127.9.0.1"]), tenant(b, [80]), tenant(c, [80])]);
  assert.deepEqual([back.get(a)?.addresses, back.get(b)?.addresses], [["127.9.0.1"], ["127.9.0.4"]]);
});

test("an address that is named and one that is not are two", async () => {
  const addresses = new Addresses({ portOffset: 0, probe: machine(() => "free") });
  const places = await addresses.place([tenant(a, [80], ["", "127.9.0.1"])]);
  assert.deepEqual(places.get(a)?.addresses, ["127.9.0.1", "127.9.0.2"]);
});

test("an address that comes to the machine later is assigned at the next look", async () => {
  const machines = new Set(["127.9.0.1"]);
  const probe = machine((address) => (machines.has(address) ? "free" : "absent"));
  const addresses = new Addresses({ portOffset: 0, probe });
  assert.deepEqual((await addresses.place([tenant(a, [80], ["192.0.2.7"])])).get(a)?.addresses, []);
  machines.add("192.0.2.7");
  assert.deepEqual((await addresses.place([tenant(a, [80], ["192.0.2.7"])])).get(a)?.addresses, [
    "192.0.2.7",
  ]);
});

test("who asks for all addresses at once gets none", async () => {
  const addresses = new Addresses({ portOffset: 0, probe: machine(() => "free") });
  const places = await addresses.place([tenant(a, [80], ["0.0.0.0", "::", "127.0.0.7"])]);
  assert.deepEqual(places.get(a)?.addresses, ["127.0.0.7"]);
});

test("each address that a Gateway asks for is another one, and all have the same ports", async () => {
  const denied = machine((address, port) => (address === "127.9.0.2" && port === 80 ? "denied" : "free"));
  const addresses = new Addresses({ portOffset: "auto", probe: denied });
  const first = await addresses.place([tenant(a, [80], ["", "127.0.0.7", ""]), tenant(b, [80])]);
  const { addresses: own, portOffset } = first.get(a)!;
  assert.deepEqual({ own, portOffset }, { own: ["127.0.0.7", "127.9.0.1", "127.9.0.2"], portOffset: 8000 });
  assert.deepEqual(first.get(b)?.addresses, ["127.9.0.3"]);
  // Without the second of them the first is still the first.
  const second = await addresses.place([tenant(a, [80], [""]), tenant(b, [80])]);
  assert.deepEqual(second.get(a)?.addresses, ["127.9.0.1"]);
});

test("where there is one address for all, nobody has a second one", async () => {
  const lone = machine((address) => (address === "127.0.0.1" ? "free" : "absent"));
  const shared = await new Addresses({ portOffset: 0, probe: lone }).place([tenant(a, [80], ["", ""])]);
  assert.deepEqual(shared.get(a)?.addresses, ["127.0.0.1"]);
  const options = { address: "192.0.2.1", portOffset: 0, probe: machine(() => "free") };
  const given = await new Addresses(options).place([
    tenant(a, [80], ["", "127.0.0.7"]),
    tenant(b, [80], ["127.0.0.7"]),
    tenant(c, [80], []),
  ]);
  assert.deepEqual(
    [a, b, c].map((key) => given.get(key)?.addresses),
    [["192.0.2.1"], ["192.0.2.1"], []],
  );
});

async function occupy(context: TestContext, address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  context.after(() => server.close());
  return (server.address() as { port: number }).port;
}

test("the probe asks the system", async (context) => {
  const port = await occupy(context, "127.0.0.1");
  assert.equal(await probeBind("127.0.0.1", port, "TCP"), "taken");
  for (const transport of ["TCP", "UDP"] as const) {
    assert.equal(await probeBind("127.0.0.1", 0, transport), "free");
    assert.equal(await probeBind("192.0.2.254", 0, transport), "absent");
  }
  const socket = createSocket("udp4");
  context.after(() => socket.close());
  await new Promise<void>((resolve) => socket.bind({ address: "127.0.0.1", exclusive: true }, resolve));
  assert.equal(await probeBind("127.0.0.1", socket.address().port, "UDP"), "taken");
});
