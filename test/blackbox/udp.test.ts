import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { maxFlows } from "../../src/proxy/limits.ts";
import { Proxy } from "../../src/proxy/proxy.ts";
import { change } from "./kit/program.ts";
import { turns, UdpPeer } from "./kit/udp-peer.ts";
import { startUdp, udpBackend, udpListener, udpListenerKey, udpRoute } from "./kit/udp-scene.ts";

test("a thousand flows get their own answers, byte for byte", async (t) => {
  const backend = await UdpPeer.echo(t, "re:");
  const { at } = await startUdp(t, backend);
  const clients = await Promise.all(Array.from({ length: 1000 }, () => UdpPeer.bind(t)));
  for (let round = 0; round < 3; round++)
    await Promise.all(
      clients.map(async (client) => {
        const datagram = randomBytes(1 + ((client.port * 7 + round) % 1400));
        client.send(datagram, at);
        const answer = await client.take();
        assert.deepEqual(answer.datagram, Buffer.concat([Buffer.from("re:"), datagram]));
        assert.deepEqual([answer.from.address, answer.from.port], [at.host, at.port]);
      }),
    );
  assert.ok(clients.every(({ untaken }) => untaken === 0));
});

test("one flow has one port towards its endpoint, and other flows have others", async (t) => {
  const backend = await UdpPeer.bind(t);
  const { at } = await startUdp(t, backend);
  const [one, other] = [await UdpPeer.bind(t), await UdpPeer.bind(t)];
  const ports: number[] = [];
  for (const client of [one, other, one, other]) {
    client.send("", at);
    ports.push((await backend.take()).from.port);
  }
  assert.equal(ports[0], ports[2]);
  assert.equal(ports[1], ports[3]);
  assert.notEqual(ports[0], ports[1]);
});

test(
  "clients with the same port are as many flows",
  { skip: process.platform !== "linux" && "one loopback address" },
  async (t) => {
    const backend = await UdpPeer.bind(t);
    const { at } = await startUdp(t, backend);
    const { port } = await UdpPeer.bind(t);
    const ports = new Set<number>();
    // So many that some of them share a bucket of the table.
    for (let i = 2; i < 42; i++) {
      const client = await UdpPeer.bind(t, `127.0.0.${i}`, port);
      client.send("", at);
      const { from } = await backend.take();
      ports.add(from.port);
      backend.send(`for ${i}`, { host: "127.0.0.1", port: from.port });
      assert.equal(await client.takeText(), `for ${i}`);
    }
    assert.equal(ports.size, 40);
  },
);

for (const length of [0, 1, 1472, 9000, 65_507])
  test(`a datagram of ${length} bytes stays one, both ways`, async (t) => {
    const backend = await UdpPeer.echo(t);
    const { at } = await startUdp(t, backend);
    const client = await UdpPeer.bind(t);
    const datagram = randomBytes(length);
    client.send(datagram, at);
    assert.deepEqual((await client.take()).datagram, datagram);
    client.send(datagram, at);
    assert.deepEqual((await client.take()).datagram, datagram);
  });

test("what a backend sends of its own goes to the client, as often as it is sent", async (t) => {
  const backend = await UdpPeer.bind(t);
  const { at } = await startUdp(t, backend);
  const client = await UdpPeer.bind(t);
  client.send("subscribe", at);
  const { from } = await backend.take();
  for (const text of ["one", "two", "three"]) {
    backend.send(text, { host: from.address, port: from.port });
    assert.equal(await client.takeText(), text);
  }
});

test("a stranger's datagram to the flow's port goes nowhere", async (t) => {
  const backend = await UdpPeer.bind(t);
  const { at } = await startUdp(t, backend);
  const [client, stranger] = [await UdpPeer.bind(t), await UdpPeer.bind(t)];
  client.send("hello", at);
  const { from } = await backend.take();
  const port = { host: "127.0.0.1", port: from.port };
  for (let i = 0; i < 5; i++) stranger.send("forged", port);
  backend.send("genuine", port);
  assert.equal(await client.takeText(), "genuine");
  assert.equal(client.untaken, 0);
});

test("nothing is sent to a client that no backend sent", async (t) => {
  const backend = await UdpPeer.bind(t);
  const { scene, at } = await startUdp(t);
  const client = await UdpPeer.bind(t);
  const nowhere = { host: "127.0.0.1", port: 9 };
  const edits = [
    { backends: [udpBackend("main")] },
    { backends: [udpBackend("main", nowhere)] },
    { backends: [udpBackend("main", { host: "nowhere.invalid", port: 53 })] },
    { l4Routes: [udpRoute([])] },
    { l4Routes: [udpRoute([{ weight: 0, backend: "main" }])] },
    { l4Routes: [udpRoute([{ weight: 1 }])] },
    { l4Routes: [udpRoute([{ weight: 1, backend: "unknown" }])] },
    { removedL4Routes: ["UDPRoute/default/route"] },
  ];
  for (const edit of edits) {
    await scene.edit(edit);
    client.send("lost", at);
    client.send(Buffer.alloc(60_000), at);
    await turns(5);
  }
  assert.deepEqual([backend.untaken, client.untaken], [0, 0]);
  await scene.edit({
    l4Routes: [udpRoute([{ weight: 1, backend: "main" }])],
    backends: [udpBackend("main", backend)],
  });
  client.send("found", at);
  const { datagram, from } = await backend.take();
  assert.equal(datagram.toString(), "found");
  backend.send("answer", { host: from.address, port: from.port });
  assert.equal(await client.takeText(), "answer");
  assert.deepEqual([backend.untaken, client.untaken], [0, 0]);
});

test(
  "a listener and a backend may be of either family",
  { skip: !hasIPv6() && "no IPv6 here" },
  async (t) => {
    const { scene } = await startUdp(t);
    for (const [listening, serving] of [
      ["::1", "127.0.0.1"],
      ["::1", "::1"],
      [scene.address, "::1"],
    ] as const) {
      const backend = await UdpPeer.echo(t, "re:", serving);
      await scene.edit({
        listeners: [udpListener({ address: listening, port: scene.port })],
        backends: [udpBackend("main", backend)],
      });
      const client = await UdpPeer.bind(t, listening === "::1" ? "::1" : "127.0.0.1");
      assert.equal(await client.ask("hello", { host: listening, port: scene.port }), "re:hello");
    }
  },
);

test("an address that is taken is a failure of its listeners", async (t) => {
  const { scene } = await startUdp(t);
  const other = await UdpPeer.bind(t, scene.address);
  const failures = await scene.edit({
    listeners: [udpListener({ address: scene.address, port: other.port })],
  });
  assert.deepEqual(
    failures.map(({ listener, code }) => [listener, code]),
    [["default/gateway/udp", "EADDRINUSE"]],
  );
});

function hasIPv6(): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));
}

test("workers share the number of flows: one of so many that each may have two keeps the last two", async (t) => {
  const backend = await UdpPeer.bind(t);
  const { scene, at } = await startUdp(t);
  await scene.edit({ removedListeners: [udpListenerKey] });
  const proxy = new Proxy({ workers: maxFlows / 2 });
  t.after(() => proxy.drain(0));
  const edit = {
    listeners: [udpListener(scene)],
    l4Routes: [udpRoute([{ weight: 1, backend: "main" }])],
    backends: [udpBackend("main", backend)],
  };
  assert.deepEqual(await proxy.apply(change(1, edit)), []);
  const ports: number[] = [];
  const clients = [await UdpPeer.bind(t), await UdpPeer.bind(t), await UdpPeer.bind(t)] as const;
  const [first, second, third] = clients;
  for (const client of [first, second, third, third, second, first]) {
    client.send("?", at);
    ports.push((await backend.take()).from.port);
  }
  const [one, two, three, threeAgain, twoAgain, oneAgain] = ports;
  assert.equal(threeAgain, three);
  assert.equal(twoAgain, two);
  assert.notEqual(oneAgain, one);
});
