import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { field } from "./kit/message.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const long = 60_000;

test("a drain closes what is idle, finishes what is not, and cuts nothing", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const [fresh, idle, busy, answering] = [
    await scene.connect(),
    await scene.connect(),
    await scene.connect(),
    await scene.connect(),
  ];
  idle.send(get);
  const first = await backend.accept();
  await first.readRequest();
  first.send("HTTP/1.1 204 No Content\r\n\r\n");
  await idle.readResponse();
  busy.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nbod");
  await first.takeUntil("bod");
  answering.send(get);
  const second = await backend.accept();
  await second.readRequest();
  second.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha");
  await answering.takeUntil("ha");

  const drained = scene.proxy.drain(long);
  assert.equal(await fresh.ended(), "end");
  assert.equal(await idle.ended(), "end");
  for (const peer of [fresh, idle]) peer.end();
  const refused = connect({ host: scene.address, port: scene.port });
  await new Promise((resolve) => refused.once("error", resolve));

  busy.send("y !");
  await first.take(3);
  first.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbusy");
  const response = await busy.readResponse();
  assert.equal(response.body.toString(), "busy");
  assert.equal(field(response, "connection"), "close");
  second.send("lf");
  assert.equal((await answering.take(2)).toString(), "lf");
  for (const peer of [busy, answering]) {
    assert.equal(await peer.ended(), "end");
    peer.end();
  }
  assert.equal(await drained, 0);
  await first.ended();
  await second.ended();
});

test("the deadline of a drain cuts what is still there, and counts it", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const clients = [await scene.connect(), await scene.connect(), await scene.connect()];
  for (const client of clients) {
    client.send(get);
    const upstream = await backend.accept();
    await upstream.readRequest();
  }
  // The third has its head already, and a body that would end with its connection.
  backend.connections[2]!.send("HTTP/1.1 200 OK\r\n\r\npart");
  await clients[2]!.takeUntil("part");
  const started = performance.now();
  assert.equal(await scene.proxy.drain(100), 3);
  assert.ok(performance.now() - started >= 99);
  for (const client of clients) await client.ended();
  assert.equal(clients[2]!.ending, "reset", "what is cut must not look whole");
  for (const upstream of backend.connections) await upstream.ended();
});

test("a client that has its answer and does not close is not cut", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(get);
  const upstream = await backend.accept();
  await upstream.readRequest();
  const drained = scene.proxy.drain(200);
  upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  assert.equal((await client.readResponse()).body.toString(), "ok");
  assert.equal(await drained, 0);
});

test("a tunnel lives until the deadline, and is counted", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
  const upstream = await backend.accept();
  await upstream.readRequest();
  upstream.send("HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
  await client.readResponse();
  const drained = scene.proxy.drain(150);
  client.send("ping");
  await upstream.take(4);
  assert.equal(await drained, 1);
  await client.ended();
  await upstream.ended();
});

test("a drain without anything to do is over at once", async (t) => {
  const scene = await Scene.with(t, {});
  const started = performance.now();
  assert.equal(await scene.proxy.drain(long), 0);
  assert.ok(performance.now() - started < 1000);
});
