import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { backlogTo } from "./kit/backlog.ts";
import { field } from "./kit/message.ts";
import type { Peer } from "./kit/peer.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const asking =
  "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const switching =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/** A frame of a WebSocket client: masked (RFC 6455 section 5.2). */
function masked(text: string): Buffer {
  const key = randomBytes(4);
  const data = Buffer.from(text).map((byte, index) => byte ^ key[index % 4]!);
  return Buffer.concat([Buffer.from([0x81, 0x80 | data.length]), key, data]);
}

function unmasked(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
}

async function openTunnel(t: TestContext): Promise<{ client: Peer; upstream: Peer; scene: Scene }> {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(asking);
  const upstream = await backend.accept();
  await upstream.readRequest();
  upstream.send(switching);
  assert.equal((await client.readResponse()).status, 101);
  return { client, upstream, scene };
}

test("a WebSocket is opened, and frames go both ways, also those sent early", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  const early = masked("early");
  client.send(asking);
  client.send(early);
  const upstream = await backend.accept();
  const request = await upstream.readRequest();
  assert.equal(request.line, "GET /chat HTTP/1.1");
  assert.equal(field(request, "connection")?.toLowerCase(), "upgrade");
  assert.equal(field(request, "upgrade"), "websocket");
  assert.equal(field(request, "sec-websocket-key"), "dGhlIHNhbXBsZSBub25jZQ==");
  assert.equal(upstream.rest.length, 0, "frames wait for the answer");
  upstream.send(Buffer.concat([Buffer.from(switching), unmasked("first")]));
  const response = await client.readResponse();
  assert.equal(response.line, "HTTP/1.1 101 Switching Protocols");
  assert.equal(field(response, "connection")?.toLowerCase(), "upgrade");
  assert.equal(field(response, "upgrade")?.toLowerCase(), "websocket");
  assert.equal(field(response, "sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  assert.deepEqual(await client.take(7), unmasked("first"));
  assert.deepEqual(await upstream.take(early.length), early);
  for (let round = 0; round < 20; round++) {
    const frame = masked(`ping ${round}`);
    client.send(frame);
    assert.deepEqual(await upstream.take(frame.length), frame);
    upstream.send(unmasked(`pong ${round}`));
    assert.deepEqual(await client.take(unmasked(`pong ${round}`).length), unmasked(`pong ${round}`));
  }
});

test("a tunnel closed half from either side still carries the other half", async (t) => {
  const first = await openTunnel(t);
  first.client.end();
  assert.equal(await first.upstream.ended(), "end");
  first.upstream.send("still here");
  assert.equal((await first.client.take(10)).toString(), "still here");
  first.upstream.end();
  assert.equal(await first.client.ended(), "end");

  const second = await openTunnel(t);
  second.upstream.end();
  assert.equal(await second.client.ended(), "end");
  second.client.send("still here");
  assert.equal((await second.upstream.take(10)).toString(), "still here");
});

test("a tunnel that is reset on one side is closed on the other", async (t) => {
  const first = await openTunnel(t);
  first.client.reset();
  await first.upstream.ended();
  const second = await openTunnel(t);
  second.upstream.reset();
  await second.client.ended();
});

test("small frames go one way while the other way is blocked by a reader that has stopped", async (t) => {
  const { client, upstream } = await openTunnel(t);
  client.socket.pause();
  const block = Buffer.alloc(1024 * 1024, "x");
  let sent = 0;
  let stuck = false;
  const flood = (async () => {
    while (!stuck && sent < 64) {
      await new Promise((resolve) => upstream.socket.write(block, resolve));
      sent++;
    }
  })();
  // The other way goes on, long after the first has come to a stand.
  for (let round = 0; round < 300; round++) {
    client.send("ping");
    await upstream.take(4);
  }
  const before = sent;
  for (let round = 0; round < 300; round++) {
    client.send("ping");
    await upstream.take(4);
  }
  assert.equal(sent, before, "the blocked way stands");
  assert.ok(sent < 32, `${sent} MiB were taken for a client that reads nothing`);
  stuck = true;
  client.socket.resume();
  await flood;
  await client.until(() => client.received.length > sent * block.length, "everything that was sent");
});

test("an upgrade that the backend refuses is an answer like any other", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  for (let round = 0; round < 2; round++) {
    client.send(asking);
    const upstream = backend.connections[0] ?? (await backend.accept());
    await upstream.readRequest();
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno");
    const response = await client.readResponse();
    assert.equal(response.body.toString(), "no");
    assert.equal(field(response, "upgrade"), undefined);
  }
  assert.equal(backend.connections.length, 1);
});

test("the requests behind a refused upgrade are served", async (t) => {
  const backend = await RawBackend.answering(t, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno");
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(`${asking}GET /next HTTP/1.1\r\nHost: a\r\n\r\n`);
  assert.equal((await client.readResponse()).status, 200);
  assert.equal((await client.readResponse()).status, 200);
  assert.match(backend.received, /GET \/next/);
});

for (const [name, request] of [
  ["nothing was asked", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["Upgrade without the option in Connection", "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"],
  ["only h2c was asked", "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"],
  ["HTTP/1.0", "GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"],
  [
    "the request has a body",
    "POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\nx",
  ],
] as const) {
  test(`101 that was not asked for is 502: ${name}`, async (t) => {
    const backend = await RawBackend.start(t);
    const scene = await Scene.start(t, backend);
    const client = await scene.connect();
    client.send(request);
    const upstream = await backend.accept();
    const got = await upstream.readRequest();
    assert.equal(field(got, "upgrade"), undefined);
    upstream.send(`${switching}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`);
    assert.equal((await client.readResponse()).status, 502);
    await upstream.ended();
    assert.ok(!client.received.includes("evil"));
  });
}

for (const [name, answer] of [
  ["another protocol than asked", "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"],
  ["no protocol", "HTTP/1.1 101 X\r\nConnection: upgrade\r\n\r\n"],
  [
    "two protocols, one not asked",
    "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: websocket, h2c\r\n\r\n",
  ],
] as const) {
  test(`101 that switches to what was not asked for is 502: ${name}`, async (t) => {
    const backend = await RawBackend.start(t);
    const scene = await Scene.start(t, backend);
    const client = await scene.connect();
    client.send(asking);
    const upstream = await backend.accept();
    await upstream.readRequest();
    upstream.send(answer);
    assert.equal((await client.readResponse()).status, 502);
    await upstream.ended();
  });
}

test("h2c is never offered to a backend, other protocols are", async (t) => {
  const backend = await RawBackend.answering(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
  );
  await client.readResponse();
  assert.doesNotMatch(backend.received, /upgrade|h2c|http2-settings/i);
  client.send(
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c, foo/2\r\nUpgrade: TLS/1.2, HTTP/2.0, bar\r\n\r\n",
  );
  await client.readResponse();
  assert.match(backend.received, /\r\nUpgrade: foo\/2, bar\r\n/);
});

test("a WebSocket asked for with an empty body is opened", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(asking.replace("Host: a", "Host: a\r\nContent-Length: 0"));
  const upstream = await backend.accept();
  assert.equal(field(await upstream.readRequest(), "upgrade"), "websocket");
  upstream.send(switching);
  assert.equal((await client.readResponse()).status, 101);
});

test("a drain waits for what the backend still has to take from a client that has left", async (t) => {
  const { client, upstream, scene } = await openTunnel(t);
  upstream.socket.pause();
  upstream.end();
  await client.ended();
  while (backlogTo(upstream) === 0) {
    await new Promise((resolve) => client.socket.write(Buffer.alloc(16 * 1024), resolve));
    for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate);
  }
  client.end();
  await once(client.socket, "close");
  // The proxy is in this process: it has seen the same by now.
  for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate);
  assert.equal(await scene.proxy.drain(0), 1);
});
