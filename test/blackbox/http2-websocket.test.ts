import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test, type TestContext } from "node:test";
import { code, type Field, flag, frame, headers, request, type } from "./kit/http2-frames.ts";
import { Http2Peer } from "./kit/http2-peer.ts";
import { field } from "./kit/message.ts";
import type { Peer } from "./kit/peer.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const asking: readonly Field[] = [
  ...request("CONNECT", "/chat"),
  [":protocol", "websocket"],
  ["sec-websocket-version", "13"],
  ["origin", "http://a"],
];

function switching(key: string): string {
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

async function asked(t: TestContext): Promise<{ client: Http2Peer; upstream: Peer; key: string }> {
  const backend = await RawBackend.start(t);
  const client = await Http2Peer.connect(await Scene.start(t, backend));
  client.send(headers(1, asking));
  const upstream = await backend.accept();
  const message = await upstream.readRequest();
  assert.equal(message.line, "GET /chat HTTP/1.1");
  assert.equal(field(message, "connection"), "Upgrade");
  assert.equal(field(message, "upgrade"), "websocket");
  assert.equal(field(message, "sec-websocket-version"), "13");
  assert.equal(field(message, "transfer-encoding"), undefined);
  assert.equal(field(message, "content-length"), undefined);
  return { client, upstream, key: field(message, "sec-websocket-key")! };
}

test("the proxy says that it knows extended CONNECT", async (t) => {
  const client = await Http2Peer.connect(await Scene.start(t));
  const { payload } = await client.find(type.settings);
  const pairs = Array.from({ length: payload.length / 6 }, (_, at) => payload.readUIntBE(6 * at, 6));
  assert.ok(pairs.includes(8 * 2 ** 32 + 1));
});

test("a WebSocket over HTTP/2 reaches a backend of HTTP/1.1, and bytes go both ways", async (t) => {
  const { client, upstream, key } = await asked(t);
  assert.equal(Buffer.from(key, "base64").length, 16);
  upstream.send(switching(key) + "first");
  const head = await client.find(type.headers, 1);
  assert.deepEqual(head.fields[0], [":status", "200"]);
  assert.equal(head.flags & flag.endStream, 0);
  assert.ok(!head.fields.some(([name]) => name === "connection" || name === "upgrade"));
  assert.equal((await client.find(type.data, 1)).payload.toString(), "first");
  for (let round = 0; round < 20; round++) {
    client.send(frame(type.data, 0, 1, `ping ${round}`));
    assert.equal((await upstream.take(`ping ${round}`.length)).toString(), `ping ${round}`);
    upstream.send(`pong ${round}`);
    assert.equal((await client.find(type.data, 1)).payload.toString(), `pong ${round}`);
  }
});

test("a client that ends its half ends it at the backend, which may go on", async (t) => {
  const { client, upstream, key } = await asked(t);
  upstream.send(switching(key));
  await client.find(type.headers, 1);
  client.send(frame(type.data, flag.endStream, 1, "last"));
  assert.equal((await upstream.takeAll()).toString(), "last");
  upstream.send("still here");
  assert.equal((await client.find(type.data, 1)).payload.toString(), "still here");
  upstream.end();
  assert.equal((await client.find(type.data, 1)).flags & flag.endStream, flag.endStream);
});

test("a tunnel that one side breaks off ends on the other", async (t) => {
  const first = await asked(t);
  first.upstream.send(switching(first.key));
  await first.client.find(type.headers, 1);
  first.client.send(frame(type.reset, 0, 1, "\0\0\0\x08"));
  await first.upstream.ended();
  const second = await asked(t);
  second.upstream.send(switching(second.key));
  await second.client.find(type.headers, 1);
  second.upstream.reset();
  assert.equal(await second.client.resetCode(1), code.internal);
});

const smuggled = "GET /secret HTTP/1.1\r\nHost: b\r\n\r\n";

test("what is sent ahead waits for 101, and never becomes a request to a backend that does not switch", async (t) => {
  for (const answer of [
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n",
  ]) {
    const { client, upstream } = await asked(t);
    client.send(frame(type.data, 0, 1, smuggled));
    await client.ping();
    assert.equal(upstream.rest.length, 0);
    upstream.send(answer);
    const { status } = await client.answer(1);
    // Nothing but a tunnel may look like one (RFC 8441 section 5).
    assert.equal(status, answer.includes("404") ? 404 : 502);
    await client.ping();
    await upstream.ended();
    assert.equal(upstream.rest.length, 0);
  }
});

test("what follows a refusal never becomes a request while the refusal is on its way", async (t) => {
  const { client, upstream } = await asked(t);
  client.send(frame(type.data, 0, 1, smuggled));
  await client.ping();
  upstream.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nno");
  assert.deepEqual((await client.find(type.headers, 1)).fields[0], [":status", "403"]);
  client.send(frame(type.data, flag.endStream, 1, smuggled));
  await client.ping();
  upstream.send("ne");
  while (((await client.find(type.data, 1)).flags & flag.endStream) === 0);
  await client.ping();
  assert.equal(upstream.rest.length, 0);
});

test("what is sent ahead follows 101, the end of it too", async (t) => {
  const { client, upstream, key } = await asked(t);
  client.send(frame(type.data, 0, 1, "early "), frame(type.data, flag.endStream, 1, "bird"));
  await client.ping();
  assert.equal(upstream.rest.length, 0);
  upstream.send(switching(key));
  assert.equal((await upstream.takeAll()).toString(), "early bird");
});

test("a client that sends far ahead is reset", async (t) => {
  const { client, upstream } = await asked(t);
  for (let sent = 0; sent < 4; sent++) client.send(frame(type.data, 0, 1, "x".repeat(10_000)));
  await client.resetCode(1);
  await upstream.ended();
  assert.equal(upstream.rest.length, 0);
});

test("a length makes an extended CONNECT malformed", async (t) => {
  const backend = await RawBackend.start(t);
  const client = await Http2Peer.connect(await Scene.start(t, backend));
  client.send(headers(1, [...asking, ["content-length", "5"]]));
  assert.equal(await client.resetCode(1), code.protocol);
  assert.equal(backend.connections.length, 0);
});
