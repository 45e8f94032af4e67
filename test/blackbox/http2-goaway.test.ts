import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "./kit/clock.ts";
import { code, flag, frame, goaway, headers, preface, request, type } from "./kit/http2-frames.ts";
import { Http2Peer } from "./kit/http2-peer.ts";
import { exchange, http2Client, http2Scene, NodeHttp2Backend } from "./kit/http2-scene.ts";
import type { Peer } from "./kit/peer.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone";

async function answerNext(upstream: Peer): Promise<void> {
  await upstream.readRequest();
  upstream.send(answer);
}

/** The last frame is a GOAWAY without an error; nothing was said that a client would have had to answer. */
function endsWell(received: Buffer): boolean {
  return received.subarray(-17).equals(goaway(0, code.none));
}

test("a drain is announced, then exact, and cuts nothing that was asked in between", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await Http2Peer.connect(scene);
  client.get(1, "/");
  const first = await backend.accept();
  await first.readRequest();
  const drained = scene.proxy.drain(15_000);
  const announced = await client.find(type.goaway);
  assert.equal(announced.payload.readUInt32BE(0), 2 ** 31 - 1);
  assert.equal(announced.payload.readUInt32BE(4), code.none);
  const ping = await client.find(type.ping);
  // Asked before it was heard.
  client.get(3, "/");
  client.send(frame(type.ping, flag.ack, 0, ping.payload));
  const exact = await client.find(type.goaway);
  assert.equal(exact.payload.readUInt32BE(0), 3);
  // Too late: neither answered nor an error, and no reason to end what runs.
  client.send(headers(5, request("POST", "/")), frame(type.data, flag.endStream, 5, "late"));
  client.send(headers(7, request("POST", "/")), frame(type.data, 0, 7, "late"));
  await client.ping();
  first.send(answer);
  assert.equal((await client.answer(1)).body, "done");
  await answerNext(await backend.accept());
  assert.equal((await client.answer(3)).body, "done");
  await client.peer.ended();
  client.peer.reset();
  assert.equal(await drained, 0);
  assert.equal(backend.connections.length, 2);
  assert.ok(client.frames.every(({ stream }) => stream < 5));
});

test("an idle connection ends with a drain, one that has said nothing too", async (t) => {
  const scene = await Scene.start(t);
  const idle = await Http2Peer.connect(scene);
  await idle.ping();
  const silent = await scene.connect();
  silent.send(preface);
  await silent.take(9);
  const drained = scene.proxy.drain(15_000);
  assert.equal((await idle.ended()).code, code.none);
  assert.ok(endsWell(await silent.takeAll()));
  assert.equal(await drained, 0);
});

test("node:http2 loses nothing when the proxy drains under load", async (t) => {
  const backend = await NodeHttp2Backend.start(t, (stream) => {
    stream.respond({ ":status": 200 });
    stream.end("fine");
  });
  const scene = await http2Scene(t, backend);
  const client = await http2Client(t, scene);
  let told = false;
  client.on("goaway", () => (told = true));
  let served = 0;
  const load = (async () => {
    while (!told && !client.closed && !client.destroyed) {
      assert.equal((await exchange(client, { ":path": "/" })).status, 200);
      if (++served === 20) void scene.proxy.drain(15_000);
    }
  })();
  await load;
  assert.ok(served >= 20);
});

test("GOAWAY of a client ends its connection when nothing runs, and does not cut what does", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const idle = await Http2Peer.connect(scene);
  idle.send(goaway(0, code.none));
  await idle.peer.ended();
  const busy = await Http2Peer.connect(scene);
  busy.get(1, "/");
  const upstream = await backend.accept();
  busy.send(goaway(0, code.none));
  await busy.ping();
  await answerNext(upstream);
  assert.equal((await busy.answer(1)).body, "done");
});

test("a fault of the peer says what it was, and the last stream that was looked at", async (t) => {
  const scene = await Scene.start(t);
  const faults: readonly (readonly [name: string, error: number, frames: readonly Buffer[]])[] = [
    ["DATA on stream 0", code.protocol, [frame(type.data, 0, 0, "x")]],
    ["DATA on an idle stream", code.protocol, [frame(type.data, 0, 9, "x")]],
    ["an even stream", code.protocol, [headers(2, request("GET", "/"), flag.endStream)]],
    ["an older stream", code.streamClosed, [headers(1, request("GET", "/"), flag.endStream)]],
    ["PUSH_PROMISE", code.protocol, [frame(type.push, flag.endHeaders, 1, "\0\0\0\x02")]],
    ["CONTINUATION alone", code.protocol, [frame(type.continuation, flag.endHeaders, 1)]],
    [
      "a frame in a header block",
      code.protocol,
      [frame(type.headers, 0, 5), frame(type.ping, 0, 0, "12345678")],
    ],
    [
      "another stream in a header block",
      code.protocol,
      [frame(type.headers, 0, 5), frame(type.continuation, 4, 7)],
    ],
    ["a large frame", code.frameSize, [frame(type.data, 0, 3, Buffer.alloc(16_385))]],
    ["a short PING", code.frameSize, [frame(type.ping, 0, 0, "1234567")]],
    ["a short RST_STREAM", code.frameSize, [frame(type.reset, 0, 3, "123")]],
    ["a short WINDOW_UPDATE", code.frameSize, [frame(type.window, 0, 0, "123")]],
    ["a short GOAWAY", code.frameSize, [frame(type.goaway, 0, 0, "1234567")]],
    ["SETTINGS of 5 bytes", code.frameSize, [frame(type.settings, 0, 0, "12345")]],
    ["SETTINGS on a stream", code.protocol, [frame(type.settings, 0, 3)]],
    ["SETTINGS ACK with a payload", code.frameSize, [frame(type.settings, flag.ack, 0, "123456")]],
    ["WINDOW_UPDATE by 0", code.protocol, [frame(type.window, 0, 0, "\0\0\0\0")]],
    ["padding without end", code.protocol, [frame(type.data, flag.padded, 3, "\x05abc")]],
    ["an index beyond the table", code.compression, [frame(type.headers, 5, 5, "\xff\x20")]],
  ];
  for (const [name, error, frames] of faults) {
    const client = await Http2Peer.connect(scene);
    client.get(1, "/");
    await client.answer(1);
    client.send(headers(3, request("POST", "/")), ...frames);
    const ended = await client.ended();
    assert.equal(ended.code, error, name);
    assert.equal(ended.last, 3, name);
    assert.match(ended.text, /\w/, name);
  }
});

test("a connection that says nothing ends, one that rests ends later", async (t) => {
  const clock = new Clock(t);
  const scene = await Scene.start(t);
  const silent = await scene.connect();
  silent.send(preface);
  await silent.take(9);
  const idle = await Http2Peer.connect(scene);
  await idle.ping();
  await clock.skip(11_000);
  assert.ok(endsWell(await silent.takeAll()));
  await idle.ping();
  await clock.skip(76_000);
  assert.equal((await idle.ended()).code, code.none);
});
