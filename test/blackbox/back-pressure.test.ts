import assert from "node:assert/strict";
import { test } from "node:test";
import { heldMemory } from "../../src/std/testing.ts";
import type { Peer } from "./kit/peer.ts";
import { backend as backendOf, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const mebibyte = 1024 * 1024;
const size = 200 * mebibyte;
/** What the kernels' buffers of two connections hold, and some. */
const inBetween = 40 * mebibyte;
/** What the proxy and the peers of a test may keep meanwhile. */
const kept = 16 * mebibyte;

/** Counts without keeping. */
class Counter {
  count = 0;
  private wake: (() => void) | undefined;

  constructor(peer: Peer) {
    peer.socket.removeAllListeners("data");
    peer.socket.on("data", (bytes: Buffer) => {
      this.count += bytes.length;
      this.wake?.();
    });
  }

  async reaches(count: number): Promise<void> {
    while (this.count < count) await new Promise<void>((resolve) => (this.wake = resolve));
  }
}

/** Writes as fast as it is taken. */
class Flood {
  sent = 0;
  readonly finished: Promise<void>;

  constructor(peer: Peer, total: number, pieceSize = mebibyte) {
    const block = Buffer.alloc(pieceSize, "x");
    this.finished = (async () => {
      while (this.sent < total) {
        await new Promise((resolve) => peer.socket.write(block, resolve));
        // Small pieces are to be read one by one.
        if (pieceSize < mebibyte) await new Promise(setImmediate);
        this.sent += block.length;
      }
    })();
  }

  /** Resolves when it has not moved during many round trips through the proxy. */
  async stands(scene: Scene): Promise<void> {
    for (let before = -1; before !== this.sent;) {
      before = this.sent;
      const client = await scene.connect();
      for (let round = 0; round < 200; round++) {
        client.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.readResponse();
      }
      client.end();
    }
  }
}

async function stage(t: Parameters<typeof Scene.start>[0]): Promise<{ scene: Scene; backend: RawBackend }> {
  const backend = await RawBackend.start(t);
  const other = await RawBackend.answering(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main"), rule("/other", "other")])],
    backends: [backendOf("main", backend), backendOf("other", other)],
  });
  return { scene, backend };
}

test("a client that stops reading stops the backend, costs no memory, and still gets everything", async (t) => {
  const { scene, backend } = await stage(t);
  const client = await scene.connect();
  client.socket.pause();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const upstream = await backend.accept();
  await upstream.readRequest();
  const before = heldMemory();
  upstream.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
  const flood = new Flood(upstream, size);
  await flood.stands(scene);
  assert.ok(
    flood.sent < inBetween,
    `${flood.sent / mebibyte} MiB were taken for a client that reads nothing`,
  );
  const growth = heldMemory() - before;
  assert.ok(growth < kept, `memory grew by ${growth / mebibyte} MiB`);
  const counter = new Counter(client);
  client.socket.resume();
  await flood.finished;
  await counter.reaches(size);
});

test("a backend that stops reading stops the client, costs no memory, and still gets everything", async (t) => {
  const { scene, backend } = await stage(t);
  const client = await scene.connect();
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  const upstream = await backend.accept();
  await upstream.takeUntil("\r\n\r\n");
  upstream.socket.pause();
  const before = heldMemory();
  const flood = new Flood(client, size);
  await flood.stands(scene);
  assert.ok(
    flood.sent < inBetween,
    `${flood.sent / mebibyte} MiB were taken for a backend that reads nothing`,
  );
  const growth = heldMemory() - before;
  assert.ok(growth < kept, `memory grew by ${growth / mebibyte} MiB`);
  const counter = new Counter(upstream);
  upstream.socket.resume();
  await flood.finished;
  await counter.reaches(size);
  upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  assert.equal((await client.readResponse()).status, 200);
});

test("small pieces stop too when nobody reads them", async (t) => {
  const { scene, backend } = await stage(t);
  const pieceSize = 16 * 1024;
  const [down, up] = [await scene.connect(), await scene.connect()];
  down.socket.pause();
  down.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const speaking = await backend.accept();
  await speaking.readRequest();
  speaking.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
  const downFlood = new Flood(speaking, size, pieceSize);
  up.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  const deaf = await backend.accept();
  await deaf.takeUntil("\r\n\r\n");
  deaf.socket.pause();
  const upFlood = new Flood(up, size, pieceSize);
  await downFlood.stands(scene);
  await upFlood.stands(scene);
  assert.ok(downFlood.sent < inBetween, `${downFlood.sent / mebibyte} MiB of the answer were taken`);
  assert.ok(upFlood.sent < inBetween, `${upFlood.sent / mebibyte} MiB of the body were taken`);
  for (const peer of [down, up, speaking, deaf]) peer.socket.destroy();
  await Promise.all([downFlood.finished, upFlood.finished]);
});

test("an upload goes on when a reader goes on that had stopped: both ways blocked at once", async (t) => {
  const { scene, backend } = await stage(t);
  const client = await scene.connect();
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  const upstream = await backend.accept();
  await upstream.takeUntil("\r\n\r\n");
  client.socket.pause();
  upstream.socket.pause();
  upstream.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
  const [up, down] = [new Flood(client, size), new Flood(upstream, size)];
  await up.stands(scene);
  await down.stands(scene);
  const [gotDown, gotUp] = [new Counter(client), new Counter(upstream)];
  client.socket.resume();
  await gotDown.reaches(size / 2);
  client.socket.pause();
  // An answer that is complete would end the upload.
  upstream.socket.resume();
  await Promise.all([up.finished, gotUp.reaches(size)]);
  client.socket.resume();
  await Promise.all([down.finished, gotDown.reaches(size)]);
});

test("an upload goes on while the answer is blocked", async (t) => {
  const { scene, backend } = await stage(t);
  const client = await scene.connect();
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  const upstream = await backend.accept();
  await upstream.takeUntil("\r\n\r\n");
  client.socket.pause();
  upstream.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
  const down = new Flood(upstream, size);
  await down.stands(scene);
  const gotUp = new Counter(upstream);
  await new Flood(client, size).finished;
  await gotUp.reaches(size);
  const gotDown = new Counter(client);
  client.socket.resume();
  await gotDown.reaches(size);
});

test("requests sent ahead by a client that reads no answers are not all served: memory stays bounded", async (t) => {
  const backend = await RawBackend.answering(
    t,
    `HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n${"x".repeat(50_000)}`,
  );
  const { scene } = await stage(t);
  await scene.edit({ backends: [backendOf("main", backend)] });
  for (const path of ["/", "missing"]) {
    const client = await scene.connect();
    client.socket.pause();
    const requests = Buffer.from(
      `GET ${path === "/" ? "/" : "http://a/missing"} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(300_000),
    );
    if (path === "missing") await scene.edit({ removedRoutes: ["HTTPRoute/default/route"] });
    const before = heldMemory();
    let taken = false;
    client.socket.write(requests, () => (taken = true));
    const other = await scene.connect();
    for (let round = 0; round < 2000; round++) {
      other.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
      await other.readResponse();
    }
    const growth = heldMemory() - before;
    assert.ok(growth < kept, `${path}: memory grew by ${growth / mebibyte} MiB`);
    if (path === "/")
      assert.ok(
        backend.received.length < 64 * 1024,
        `${backend.received.length} bytes of requests were served`,
      );
    void taken;
    client.reset();
  }
});
