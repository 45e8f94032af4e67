import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  clientIdleTimeout,
  clientStallTimeout,
  headTimeout,
  lingerTimeout,
  upstreamIdleTimeout,
} from "../../src/proxy/limits.ts";
import { Clock } from "./kit/clock.ts";
import { field } from "./kit/message.ts";
import type { Peer } from "./kit/peer.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

async function stage(
  t: TestContext,
): Promise<{ clock: Clock; backend: RawBackend; scene: Scene; client: Peer }> {
  const clock = new Clock(t);
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  return { clock, backend, scene, client: await scene.connect() };
}

/** Resolves when the proxy has read what this client sent before. */
async function roundTrip(scene: Scene, backend: RawBackend): Promise<void> {
  const client = await scene.connect();
  client.send("GET /round-trip HTTP/1.1\r\nHost: a\r\n\r\n");
  const upstream = await backend.accept();
  await upstream.readRequest();
  upstream.send(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  await client.readResponse();
  client.end();
}

test("a head that does not come to its end in time is 408", async (t) => {
  const { clock, scene, backend, client } = await stage(t);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n");
  await roundTrip(scene, backend);
  await clock.skip(headTimeout / 2);
  // One byte now and then does not keep a head alive.
  client.send("X");
  await roundTrip(scene, backend);
  assert.equal(client.received.length, 0);
  await clock.skip(headTimeout / 2);
  const response = await client.readResponse();
  assert.equal(response.status, 408);
  assert.equal(field(response, "connection"), "close");
  await client.ended();
});

test("a connection that says nothing at all is closed without a word, an empty line is nothing", async (t) => {
  const { clock, scene, backend, client } = await stage(t);
  const other = await scene.connect();
  other.send("\r\n");
  await roundTrip(scene, backend);
  await clock.skip(headTimeout + 1);
  assert.equal((await client.takeAll()).length, 0);
  assert.equal((await other.takeAll()).length, 0);
});

test("a connection is closed that is idle for long, not one that is idle for a while", async (t) => {
  const { clock, backend, client } = await stage(t);
  for (let round = 0; round < 3; round++) {
    client.send(get);
    const upstream = await backend.accept();
    await upstream.readRequest();
    upstream.send(ok.replace("\r\n", "\r\nConnection: close\r\n"));
    await client.readResponse();
    await clock.skip(clientIdleTimeout - 1000);
    assert.equal(client.ending, undefined);
  }
  await clock.skip(1001);
  assert.equal((await client.takeAll()).length, 0);
});

test("a second head has its own time, from its first byte", async (t) => {
  const { clock, scene, backend, client } = await stage(t);
  client.send(get);
  const upstream = await backend.accept();
  await upstream.readRequest();
  upstream.send(ok.replace("\r\n", "\r\nConnection: close\r\n"));
  await client.readResponse();
  await clock.skip(headTimeout * 2);
  client.send("GET /");
  await roundTrip(scene, backend);
  await clock.skip(headTimeout - 1000);
  assert.equal(client.ending, undefined);
  await clock.skip(1001);
  assert.equal((await client.readResponse()).status, 408);
});

test("a request that waits long for its answer is not a client that stalls", async (t) => {
  const { clock, backend, client } = await stage(t);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
  const upstream = await backend.accept();
  await upstream.readRequest();
  await clock.skip(10 * clientStallTimeout);
  upstream.send(ok);
  assert.equal((await client.readResponse()).status, 200);
});

test("a body that stops coming is 408, and the backend's connection is closed", async (t) => {
  const { clock, backend, client } = await stage(t);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
  const upstream = await backend.accept();
  await upstream.takeUntil("he");
  await clock.skip(clientStallTimeout - 1000);
  client.send("l");
  await upstream.take(1);
  await clock.skip(clientStallTimeout - 1000);
  assert.equal(client.received.length, 0);
  await clock.skip(1001);
  const response = await client.readResponse();
  assert.equal(response.status, 408);
  await client.ended();
  await upstream.ended();
});

test("a backend that stops taking the body is 504: the client is not at fault", async (t) => {
  const { clock, scene, backend, client } = await stage(t);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
  const upstream = await backend.accept();
  await upstream.takeUntil("\r\n\r\n");
  upstream.socket.pause();
  client.send(Buffer.alloc(50_000_000));
  // Until nothing moves any more.
  for (let before = -1; before !== client.socket.bytesWritten - client.socket.writableLength;) {
    before = client.socket.bytesWritten - client.socket.writableLength;
    for (let round = 0; round < 20; round++) await roundTrip(scene, backend);
  }
  await clock.skip(clientStallTimeout + 1);
  assert.equal((await client.readResponse()).status, 504);
});

test("a client that stops reading its answer is cut, and the backend with it", async (t) => {
  const { clock, scene, backend, client } = await stage(t);
  client.socket.pause();
  client.send(get);
  const upstream = await backend.accept();
  await upstream.readRequest();
  upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n");
  upstream.send(Buffer.alloc(50_000_000));
  for (let before = -1; before !== upstream.socket.writableLength;) {
    before = upstream.socket.writableLength;
    for (let round = 0; round < 20; round++) await roundTrip(scene, backend);
  }
  await clock.skip(clientStallTimeout + 1);
  await upstream.ended();
});

test("a client that does not close after its last answer is closed soon", async (t) => {
  const { clock, backend, client } = await stage(t);
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const upstream = await backend.accept();
  await upstream.readRequest();
  upstream.send(ok);
  await client.readResponse();
  assert.equal(await client.ended(), "end");
  await clock.skip(lingerTimeout + 1);
  // The connection is gone: what is sent now is answered with a reset.
  while (!client.socket.closed) {
    client.send("x");
    await new Promise(setImmediate);
  }
});

test("a connection to a backend that waits for long is closed", async (t) => {
  const { clock, backend, client } = await stage(t);
  client.send(get);
  const upstream = await backend.accept();
  await upstream.readRequest();
  upstream.send(ok);
  await client.readResponse();
  await clock.skip(upstreamIdleTimeout - 1000);
  client.send(get);
  await upstream.readRequest();
  upstream.send(ok);
  await client.readResponse();
  assert.equal(backend.connections.length, 1);
  await clock.skip(upstreamIdleTimeout + 1);
  await upstream.ended();
});
