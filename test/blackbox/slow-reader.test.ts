import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { lingerTimeout } from "../../src/proxy/limits.ts";
import { backlogTo } from "./kit/backlog.ts";
import { Clock } from "./kit/clock.ts";
import type { Peer } from "./kit/peer.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

interface Stage {
  readonly scene: Scene;
  readonly backend: RawBackend;
  readonly client: Peer;
  readonly upstream: Peer;
  /** Length of the body so far. */
  readonly size: number;
}

/**
 * A client that has stopped reading its chunked answer: the kernel takes no more of it, a part of it waits in the proxy, and
 * the backend can still say that it was the last part. `pieceSize`: up to 64 KiB the proxy copies what waits.
 */
async function fill(t: TestContext, request: string, pieceSize: number): Promise<Stage> {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.socket.pause();
  client.send(request);
  const upstream = await backend.accept();
  await upstream.readRequest();
  upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  const piece = `${pieceSize.toString(16)}\r\n${"x".repeat(pieceSize)}\r\n`;
  let size = 0;
  while (backlogTo(client) === 0) {
    upstream.send(piece);
    size += pieceSize;
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  }
  return { scene, backend, client, upstream, size };
}

for (const request of ["GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"]) {
  test(`a last answer reaches a slow reader whole: ${JSON.stringify(request.slice(0, 14))}`, async (t) => {
    const clock = new Clock(t);
    const { client, upstream, size } = await fill(t, request, 20_000);
    upstream.send("0\r\n\r\n");
    await clock.skip(lingerTimeout * 2);
    await clock.skip(lingerTimeout * 2);
    client.socket.resume();
    assert.equal((await client.readResponse()).body.length, size);
    assert.equal(await client.ended(), "end");
  });
}

test("an answer that still leaves when a drain begins reaches a slow reader whole", async (t) => {
  const { scene, client, upstream, size } = await fill(t, get, 20_000);
  upstream.send("0\r\n\r\n");
  // Its connection is free again: the answer is over for the proxy.
  const other = await scene.connect();
  other.send(get);
  await upstream.readRequest();
  upstream.send("HTTP/1.1 204 No Content\r\n\r\n");
  await other.readResponse();
  const drained = scene.proxy.drain(60_000);
  await other.ended();
  other.end();
  client.socket.resume();
  assert.equal((await client.readResponse()).body.length, size);
  assert.equal(await client.ended(), "end");
  client.end();
  assert.equal(await drained, 0);
});

test("what waits for a slow reader is not touched by what others read", async (t) => {
  const { scene, backend, client, upstream, size } = await fill(t, get, 20_000);
  upstream.send("0\r\n\r\n");
  const other = await scene.connect();
  for (let round = 0; round < 20; round++) {
    other.send(get);
    const peer = backend.connections[0]!;
    await peer.readRequest();
    const body = "y".repeat(60_000);
    peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    assert.equal((await other.readResponse()).body.toString(), body);
  }
  assert.ok(backlogTo(client) > 0, "there was something that waited");
  client.socket.resume();
  assert.equal((await client.readResponse()).body.toString(), "x".repeat(size));
});

test("a client that says no more gets the answers that were on their way", async (t) => {
  const { client, upstream, size, scene } = await fill(t, get, 20_000);
  upstream.send("0\r\n\r\n");
  const other = await scene.connect();
  other.send(get);
  await upstream.readRequest();
  upstream.send("HTTP/1.1 204 No Content\r\n\r\n");
  await other.readResponse();
  client.end();
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  client.socket.resume();
  assert.equal((await client.readResponse()).body.length, size);
});

test("a backend's connection does not wait for a slow reader before it serves the next client", async (t) => {
  const { size } = await fill(t, get, 20_000);
  const backend = await RawBackend.start(t, async (peer) => {
    for (;;) {
      const length = Number(/\d+/.exec((await peer.readRequest()).line)![0]);
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
      peer.send(Buffer.alloc(length));
    }
  });
  const scene = await Scene.start(t, backend);
  const other = await scene.connect();
  let waited = 0;
  // Around what the kernel takes: at some of these lengths the end of the answer waits in the buffer it was read into.
  for (let extra = -300_000; extra <= 300_000; extra += 20_000) {
    const slow = await scene.connect();
    slow.socket.pause();
    slow.send(`GET /${size + extra} HTTP/1.1\r\nHost: a\r\n\r\n`);
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
    if (backlogTo(slow) > 0) waited++;
    other.send("GET /4 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.equal((await other.readResponse()).body.length, 4);
    slow.reset();
  }
  assert.ok(waited > 0, "there was something to wait for");
});

test("a connection whose backend has not taken the whole request is not used again", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  const upstream = await backend.accept();
  await upstream.takeUntil("\r\n\r\n");
  upstream.socket.pause();
  while (backlogTo(upstream) === 0) {
    client.send(`4e20\r\n${"x".repeat(20_000)}\r\n`);
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  }
  client.send("0\r\n\r\n");
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  await client.readResponse();
  const other = await scene.connect();
  other.send(get);
  const fresh = await backend.accept();
  await fresh.readRequest();
});
