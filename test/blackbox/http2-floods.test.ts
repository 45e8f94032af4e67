import assert from "node:assert/strict";
import { test } from "node:test";
import { askUntilCut, floods, repeat } from "./kit/floods.ts";
import {
  block,
  code,
  type Field,
  flag,
  frame,
  headers,
  request,
  reset,
  type,
  windowUpdate,
} from "./kit/http2-frames.ts";
import { Http2Peer } from "./kit/http2-peer.ts";
import { http2Client, http2Scene, NodeHttp2Backend, reply } from "./kit/http2-scene.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const get = request("GET", "/");

for (const { name, frames } of floods) {
  test(`${name}: GOAWAY with ENHANCE_YOUR_CALM, and nobody else notices`, async (t) => {
    const backend = await RawBackend.start(t, async (peer) => {
      for (;;) {
        const { line } = await peer.readRequest();
        if (!line.includes("slow")) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      }
    });
    const scene = await Scene.start(t, backend);
    const other = await Http2Peer.connect(scene);
    other.get(1, "/");
    assert.equal((await other.answer(1)).status, 200);
    const client = await Http2Peer.connect(scene);
    client.send(...frames);
    assert.equal((await client.ended()).code, code.calm);
    for (let stream = 3; stream < 23; stream += 2) {
      other.get(stream, "/");
      assert.equal((await other.answer(stream)).status, 200);
    }
    // What the flood has opened is let go of.
    other.peer.reset();
    client.peer.reset();
    assert.equal(await scene.proxy.drain(5000), 0);
    for (const peer of backend.connections) await peer.ended();
  });
}

test("a header list that is small on the wire and large in memory is 431, and costs no memory", async (t) => {
  const scene = await Scene.start(t);
  const client = await Http2Peer.connect(scene);
  // One entry of the dynamic table, named by each of 16 000 octets: 48 MB if it were kept.
  const large = block([["x", "y".repeat(3000)]]);
  large[0] = 0x40;
  const bomb = Buffer.concat([block(get), large, Buffer.alloc(12_000, 0x80 | 62)]);
  client.send(frame(type.headers, flag.endHeaders | flag.endStream, 1, bomb));
  assert.equal((await client.answer(1)).status, 431);
  client.get(3, "/");
  assert.equal((await client.answer(3)).status, 503);
});

test("a client that asks and reads nothing is cut, and others do not notice", async (t) => {
  const scene = await Scene.start(t);
  const client = await Http2Peer.connect(scene);
  await askUntilCut(client, get);
  const other = await Http2Peer.connect(scene);
  other.get(1, "/");
  assert.equal((await other.answer(1)).status, 503);
});

test("PING in answer to what was sent is no flood: gRPC measures paths so", async (t) => {
  const backend = await RawBackend.answering(
    t,
    `HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${"x".repeat(1_000_000)}`,
  );
  const scene = await Scene.start(t, backend);
  const client = await Http2Peer.connect(scene, [4, 1000]);
  client.send(windowUpdate(0, 2 ** 30));
  client.get(1, "/");
  for (let got = 0; got < 1_000_000;) {
    const { payload } = await client.find(type.data, 1);
    got += payload.length;
    client.send(windowUpdate(1, payload.length), frame(type.ping, 0, 0, "measures"));
  }
});

test("a client that cancels some of what it asks for is no flood", async (t) => {
  const backend = await NodeHttp2Backend.start(t, (stream) => {
    stream.respond({ ":status": 200 });
    stream.end("fine");
  });
  const client = await http2Client(t, await http2Scene(t, backend));
  for (let round = 0; round < 600; round++) {
    const cancelled = client.request({ ":path": "/" });
    cancelled.on("error", () => undefined);
    cancelled.close(code.cancel);
    assert.equal((await reply(client.request({ ":path": "/" }))).status, 200);
  }
});

test("a backend that floods costs its own connection, and only that", async (t) => {
  let first = true;
  const backend = await RawBackend.start(t, async (peer) => {
    const server = await Http2Peer.accept(peer);
    const floods = first;
    first = false;
    for (;;) {
      const { stream } = await server.find(type.headers);
      if (floods) server.send(...repeat(1000, () => frame(type.ping, 0, 0, "12345678")));
      else server.send(headers(stream, [[":status", "200"]], flag.endStream));
    }
  });
  const scene = await http2Scene(t, backend);
  const client = await Http2Peer.connect(scene);
  client.get(1, "/");
  assert.equal((await client.answer(1)).status, 502);
  client.get(3, "/");
  assert.equal((await client.answer(3)).status, 200);
});

test("a backend may refuse many streams at once", async (t) => {
  const fields: readonly Field[] = [[":status", "200"]];
  let count = 0;
  const backend = await RawBackend.start(t, async (peer) => {
    const server = await Http2Peer.accept(peer);
    for (;;) {
      const { stream } = await server.find(type.headers);
      if (++count <= 500) server.send(reset(stream, code.refused));
      else server.send(headers(stream, fields, flag.endStream));
    }
  });
  const scene = await http2Scene(t, backend);
  for (let connection = 0; connection < 5; connection++) {
    const client = await Http2Peer.connect(scene);
    for (let stream = 1; stream < 201; stream += 2) client.get(stream, "/");
    for (let stream = 1; stream < 201; stream += 2) await client.find(type.headers);
  }
  assert.equal(backend.connections.length, 1);
});
