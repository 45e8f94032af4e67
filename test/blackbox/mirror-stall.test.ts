import assert from "node:assert/strict";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import {
  copyTimeout,
  maxCopies,
  maxCopiesBacklog,
  maxDroppedAnswerBytes,
  maxCopyBacklog,
} from "../../src/proxy/limits.ts";
import { backlogTo } from "./kit/backlog.ts";
import { Clock } from "./kit/clock.ts";
import { HttpBackend } from "./kit/http-backend.ts";
import { Http2Backend, readHttp2 } from "./kit/http2-backend.ts";
import { mirrored, ok, startMirrored } from "./kit/mirrored.ts";
import type { Peer } from "./kit/peer.ts";
import { backend as backendOf, route } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

/** Accepts connections and takes nothing from them. */
async function blackHole(t: TestContext): Promise<RawBackend> {
  return RawBackend.start(t, (peer) => void peer.socket.pause());
}

/** Bytes that wait in the proxy for all connections of a backend. */
function heldFor(backend: RawBackend): number {
  return backend.connections.reduce((sum, peer) => sum + backlogTo(peer), 0);
}

test("a mirror that takes nothing holds up no byte of the request, and few are kept for it", async (t) => {
  const mirror = await blackHole(t);
  const [scene, main] = await startMirrored(t, mirror);
  const client = await scene.connect();
  const size = 6 * 1024 * 1024;
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  const part = Buffer.alloc(64 * 1024, "x");
  let most = 0;
  for (let sent = 0; sent < size; sent += part.length) {
    if (!client.socket.write(part)) await once(client.socket, "drain");
    most = Math.max(most, heldFor(mirror));
  }
  assert.equal((await client.readResponse()).body.toString(), "ok");
  assert.ok(main.connections[0]!.received.length > size);
  assert.ok(most < 2 * 1024 * 1024, `${most} bytes`);
  assert.equal(heldFor(mirror), 0);
});

/** An HTTP/2 server that says hello and opens no window: what is sent to it waits in the proxy. */
async function closedWindows(t: TestContext): Promise<RawBackend> {
  return RawBackend.start(t, (peer) => peer.send(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])));
}

/** How many streams the client of a connection has reset. */
function resetsOn({ received }: Peer): number {
  let resets = 0;
  for (let at = http2PrefaceBytes; at + 9 <= received.length; at += 9 + received.readUIntBE(at, 3))
    if (received[at + 3] === resetStreamFrame) resets++;
  return resets;
}

const http2PrefaceBytes = 24;
const resetStreamFrame = 3;

test("many copies that wait keep no more than the bound of all, and give it back", async (t) => {
  const mirror = await closedWindows(t);
  const good = await Http2Backend.start(t, (stream, headers) => {
    void readHttp2(stream, headers).then(
      ({ body }) => stream.end(String(body.length)) && arrived(body.length),
    );
  });
  const { promise: copied, resolve: arrived } = Promise.withResolvers<number>();
  const main = await HttpBackend.start(t, (request, response) => {
    request.resume().on("end", () => response.end("ok"));
  });
  const scene = await Scene.with(t, {
    routes: [route([mirrored()])],
    backends: [backendOf("main", main), { ...backendOf("mirror", mirror), protocol: "HTTP2" }],
  });
  const size = 900 * 1024;
  const uploads = 60;
  const upload = async (bytes: number) => {
    const client = await scene.connect();
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`);
    client.send(Buffer.alloc(bytes, "x"));
    assert.equal((await client.readResponse()).body.toString(), "ok");
  };
  await Promise.all(Array.from({ length: uploads }, () => upload(size)));
  const [peer] = mirror.connections;
  const mostWaiting = Math.ceil(maxCopiesBacklog / (size - 64 * 1024));
  await peer!.until(() => resetsOn(peer!) >= uploads - mostWaiting, "the others to be given up");
  peer!.reset();
  await scene.edit({ backends: [{ ...backendOf("mirror", good), protocol: "HTTP2" }] });
  await upload(maxCopyBacklog / 2);
  assert.equal(await copied, maxCopyBacklog / 2);
});

test("a mirror that never answers has a bounded number of copies, for a bounded time", async (t) => {
  const clock = new Clock(t);
  const mirror = await RawBackend.start(t);
  const [scene] = await startMirrored(t, mirror);
  const client = await scene.connect();
  const rounds = maxCopies + 50;
  for (let i = 0; i < rounds; i++) {
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.equal((await client.readResponse()).body.toString(), "ok");
  }
  const copies = await all(mirror, maxCopies);
  assert.equal(mirror.connections.length, maxCopies);
  await clock.skip(copyTimeout + 1000);
  for (const copy of copies) await copy.ended();
  client.send("GET /again HTTP/1.1\r\nHost: a\r\n\r\n");
  await client.readResponse();
  await (await mirror.accept()).takeUntil("GET /again ");
});

async function all(backend: RawBackend, count: number): Promise<readonly Peer[]> {
  const peers: Peer[] = [];
  for (let i = 0; i < count; i++) peers.push(await backend.accept());
  return peers;
}

test("a whole copy is finished when the client has left, half of one is not", async (t) => {
  const mirror = await RawBackend.start(t);
  const silent = await RawBackend.start(t);
  const scene = await Scene.with(t, {
    routes: [route([mirrored()])],
    backends: [backendOf("main", silent), backendOf("mirror", mirror)],
  });
  const [whole, half] = [await scene.connect(), await scene.connect()];
  whole.send("POST /whole HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
  const first = await mirror.accept();
  await first.takeUntil("ab");
  whole.send("cd");
  await first.takeUntil("cd");
  whole.reset();
  await (await silent.accept()).ended();
  half.send("POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
  const second = await mirror.accept();
  await second.takeUntil("ab");
  half.reset();
  await second.ended();
  assert.equal(first.ending, undefined);
  // It is as good as any other when it is answered.
  await first.sendInPieces([ok]);
  const third = await scene.connect();
  third.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
  await first.takeUntil("GET /next ");
});

test("a mirror's answer that does not end is cut", async (t) => {
  const mirror = await RawBackend.start(t);
  const [scene] = await startMirrored(t, mirror);
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await client.readResponse();
  const copy = await mirror.accept();
  await copy.readRequest();
  copy.send(`HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n`);
  copy.send(Buffer.alloc(maxDroppedAnswerBytes + 1));
  await copy.ended();
});

test("a drain does not wait for mirrors", async (t) => {
  const mirror = await RawBackend.start(t);
  const [scene] = await startMirrored(t, mirror);
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  await client.readResponse();
  const copy = await mirror.accept();
  await copy.readRequest();
  client.end();
  assert.equal(await scene.proxy.drain(60_000), 0);
  await copy.ended();
});
