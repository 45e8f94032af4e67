import assert from "node:assert/strict";
import { test } from "node:test";
import { ClusterPorts } from "./cluster-ports.ts";
import type { Probe } from "./probe.ts";

const a = "Gateway/default/a";
const b = "Gateway/default/b";
const http = { transport: "TCP", port: 80 } as const;
const dns = { transport: "UDP", port: 53 } as const;

const free: Probe = async () => "free";

test("every port of every Gateway has one of its own, and keeps it", async () => {
  const ports = new ClusterPorts("10.0.0.7", free);
  const first = await ports.map(a, [http, dns, http]);
  assert.deepEqual(Object.keys(first), ["TCP 80", "UDP 53"]);
  for (const port of Object.values(first)) assert.ok(port >= 20_000 && port < 30_000, `${port}`);
  const other = await ports.map(b, [http]);
  assert.notEqual(other["TCP 80"], first["TCP 80"]);
  const later = await ports.map(a, [{ transport: "TCP", port: 443 }, http]);
  assert.equal(later["TCP 80"], first["TCP 80"]);
  assert.equal(later["UDP 53"], undefined);
});

test("the next run finds the same ports", async () => {
  const [one, two] = [new ClusterPorts("10.0.0.7", free), new ClusterPorts("10.0.0.7", free)];
  assert.deepEqual(await one.map(a, [http, dns]), await two.map(a, [http, dns]));
});

test("what others hold is passed over, in its transport, and what was given up is free again", async () => {
  const wished = (await new ClusterPorts("10.0.0.7", free).map(a, [http]))["TCP 80"]!;
  const held: Probe = async (_, port, transport) =>
    port === wished && transport === "TCP" ? "taken" : "free";
  assert.equal((await new ClusterPorts("10.0.0.7", held).map(a, [http]))["TCP 80"], wished + 1);

  // With one number for all, the second Gateway waits until the first is gone.
  const single = new ClusterPorts("10.0.0.7", async (_, port) => (port === wished ? "free" : "taken"));
  assert.deepEqual(await single.map(a, [http]), { "TCP 80": wished });
  assert.deepEqual(await single.map(a, [http, { transport: "TCP", port: 81 }]), { "TCP 80": wished });
  single.release(new Set([b]));
  assert.deepEqual(await single.map(a, [http]), { "TCP 80": wished });
});
