import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerHttp2Stream } from "node:http2";
import { test } from "node:test";
import { code, frame, headers, request, reset, type } from "./kit/http2-frames.ts";
import { Http2Peer } from "./kit/http2-peer.ts";
import { exchange, http2Client, http2Scene, NodeHttp2Backend } from "./kit/http2-scene.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const MiB = 1024 * 1024;

test("a client that goes in any phase of its request has the backend's stream cancelled, and only that", async (t) => {
  const streams: ServerHttp2Stream[] = [];
  const arrived: (() => void)[] = [];
  const backend = await NodeHttp2Backend.start(t, (stream, headers) => {
    if (headers[":path"] === "/answer") stream.respond({ ":status": 200 });
    if (headers[":path"] === "/body") stream.resume();
    if (headers[":path"] === "/short") {
      stream.respond({ ":status": 200 });
      stream.end("short");
      return;
    }
    streams.push(stream);
    arrived.shift()?.();
  });
  const scene = await http2Scene(t, backend);
  const steady = await http2Client(t, scene);
  const kept = steady.request({ ":path": "/answer" });
  await once(kept, "response");
  for (const path of ["/wait", "/answer", "/body"]) {
    for (const leave of ["reset stream", "reset connection", "end connection", "HTTP/1"] as const) {
      const came = new Promise<void>((resolve) => arrived.push(resolve));
      const method = path === "/body" ? "POST" : "GET";
      const peer = await scene.connect();
      if (leave === "HTTP/1")
        peer.send(`${method} ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nbody`);
      else {
        const client = new Http2Peer(peer);
        client.send(Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(type.settings, 0, 0));
        client.send(headers(1, request(method, path)), frame(type.data, 0, 1, "body"));
      }
      await came;
      const stream = streams.at(-1)!;
      const closed = once(stream, "close");
      if (leave === "reset stream") peer.send(reset(1, code.cancel));
      else if (leave === "end connection") peer.end();
      else peer.reset();
      await closed;
      assert.equal(stream.rstCode, code.cancel, `${path}, ${leave}`);
      assert.equal((await exchange(steady, { ":path": "/short" })).body.toString(), "short");
    }
  }
  assert.equal(kept.closed, false);
  assert.equal(backend.sessions.length, 1);
});

test("a connection that goes takes all its requests to HTTP/1.1 with it", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await Http2Peer.connect(scene);
  for (let stream = 1; stream < 101; stream += 2) client.send(headers(stream, request("POST", "/")));
  for (let count = 0; count < 50; count++) await backend.accept();
  client.peer.reset();
  for (const upstream of backend.connections) await upstream.ended();
  assert.equal(await scene.proxy.drain(5000), 0);
});

test("a body that a backend of HTTP/2 does not take stops after its window, from either side", async (t) => {
  const backend = await RawBackend.start(t, async (peer) => {
    const server = await Http2Peer.accept(peer);
    for (;;) await server.next();
  });
  const scene = await http2Scene(t, backend);
  const client = await Http2Peer.connect(scene);
  client.send(headers(1, request("POST", "/")));
  const piece = frame(type.data, 0, 1, Buffer.alloc(16_384));
  let window = 65_535;
  let sent = 0;
  for (let before = -1; before !== sent;) {
    before = sent;
    for (; window >= 16_384; window -= 16_384, sent += 16_384) client.send(piece);
    for (let round = 0; round < 2; round++) await client.ping();
    for (const came of client.frames.splice(0))
      if (came.type === type.window && came.stream === 1) window += came.payload.readUInt32BE(0);
  }
  assert.ok(sent <= 2 * MiB, `${sent} bytes are kept for one stream`);
  const old = await scene.connect();
  old.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${64 * MiB}\r\n\r\n`);
  let taken = 0;
  let waits = false;
  while (!waits && taken < 64 * MiB) {
    waits = !old.socket.write(Buffer.alloc(MiB));
    taken += MiB;
    for (let turn = 0; turn < 20 && waits; turn++) {
      await new Promise(setImmediate);
      waits = old.socket.writableNeedDrain;
    }
  }
  assert.ok(waits, "64 MiB were taken for a backend that takes nothing");
});
