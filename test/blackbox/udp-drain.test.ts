import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "./kit/clock.ts";
import { UdpPeer } from "./kit/udp-peer.ts";
import { startUdp, udpListener, udpListenerKey } from "./kit/udp-scene.ts";

test("a flow ends when nothing passes for a minute, and not before", async (t) => {
  const clock = new Clock(t);
  const backend = await UdpPeer.bind(t);
  const { at } = await startUdp(t, backend);
  const client = await UdpPeer.bind(t);
  const portOf = async (): Promise<number> => {
    client.send("", at);
    return (await backend.take()).from.port;
  };
  const port = await portOf();
  for (let i = 0; i < 3; i++) {
    await clock.skip(40_000);
    assert.equal(await portOf(), port);
  }
  // What the backend sends counts too.
  for (let i = 0; i < 3; i++) {
    await clock.skip(40_000);
    backend.send("tick", { host: "127.0.0.1", port });
    assert.equal(await client.takeText(), "tick");
  }
  assert.equal(await portOf(), port);
  await clock.skip(62_000);
  const next = await UdpPeer.bind(t, "0.0.0.0", port);
  await next.close();
  await portOf();
});

test("the flows of a listener end with it, and its port is free", async (t) => {
  const backend = await UdpPeer.bind(t);
  const { scene, at } = await startUdp(t, backend);
  const client = await UdpPeer.bind(t);
  client.send("", at);
  const { from } = await backend.take();
  await scene.edit({ removedListeners: [udpListenerKey] });
  await (await UdpPeer.bind(t, "0.0.0.0", from.port)).close();
  const other = await UdpPeer.echo(t, "other", at.host, at.port);
  assert.equal(await client.ask("?", at), "other?");
  await other.close();
  await scene.edit({ listeners: [udpListener(scene)] });
  client.send("again", at);
  assert.equal((await backend.take()).datagram.toString(), "again");
});

test("a drain begins no flows, lets those in use go on, and is over when they are", async (t) => {
  const clock = new Clock(t);
  const backend = await UdpPeer.bind(t);
  const { scene, at } = await startUdp(t, backend);
  const [old, fresh] = [await UdpPeer.bind(t), await UdpPeer.bind(t)];
  old.send("before", at);
  const { from } = await backend.take();
  const drained = scene.proxy.drain(600_000);
  fresh.send("too late", at);
  old.send("after", at);
  assert.equal((await backend.take()).datagram.toString(), "after");
  backend.send("answer", { host: "127.0.0.1", port: from.port });
  assert.equal(await old.takeText(), "answer");
  assert.equal(backend.untaken, 0);
  await clock.skip(10_000);
  assert.equal(await drained, 0);
  await (await UdpPeer.bind(t, at.host, at.port)).close();
});

test("the deadline of a drain cuts flows that are in use, and counts them", async (t) => {
  const backend = await UdpPeer.bind(t);
  const { scene, at } = await startUdp(t, backend);
  for (let i = 0; i < 3; i++) {
    (await UdpPeer.bind(t)).send("", at);
    await backend.take();
  }
  assert.equal(await scene.proxy.drain(50), 3);
  await (await UdpPeer.bind(t, at.host, at.port)).close();
});

test("a drain without flows closes at once", async (t) => {
  const { scene, at } = await startUdp(t);
  assert.equal(await scene.proxy.drain(600_000), 0);
  await (await UdpPeer.bind(t, at.host, at.port)).close();
});
