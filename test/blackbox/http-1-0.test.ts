import assert from "node:assert/strict";
import { test } from "node:test";
import { field } from "./kit/message.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const plainAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

test("HTTP/1.0 closes unless keep-alive was asked for", async (t) => {
  const backend = await RawBackend.answering(t, plainAnswer);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  for (let round = 0; round < 3; round++) {
    client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    const response = await client.readResponse();
    assert.equal(response.line, "HTTP/1.1 200 OK");
    assert.equal(field(response, "connection"), "keep-alive");
  }
  client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
  assert.equal(field(await client.readResponse(), "connection"), "close");
  assert.equal(await client.ended(), "end");
});

test("an answer of the proxy's own keeps the connection only when asked to", async (t) => {
  const scene = await Scene.with(t, {});
  const client = await scene.connect();
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  assert.equal(field(await client.readResponse(), "connection"), "keep-alive");
  client.send("GET / HTTP/1.0\r\n\r\n");
  assert.equal(field(await client.readResponse(), "connection"), "close");
  assert.equal(await client.ended(), "end");
});

test("the backend is asked in HTTP/1.1, with a Host also when the client named none", async (t) => {
  const backend = await RawBackend.answering(t, plainAnswer);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("GET /a HTTP/1.0\r\n\r\n");
  await client.readResponse();
  const head = backend.received;
  assert.match(head, /^GET \/a HTTP\/1\.1\r\n/);
  assert.match(head, new RegExp(`\r\nHost: ${scene.address}:${scene.port}\r\n`));
});

test("a chunked answer reaches an HTTP/1.0 client plain, and ends with the connection", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const upstream = await backend.accept();
  await upstream.readRequest();
  await upstream.sendInPieces([
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    "2;x\r\nd",
    "e\r\n0\r\nX-Trailer: 1\r\n\r\n",
  ]);
  const response = await client.readResponse();
  assert.equal(response.framing, "close");
  assert.equal(field(response, "transfer-encoding"), undefined);
  assert.equal(field(response, "connection"), "close");
  assert.equal(response.body.toString(), "abcde");
  assert.equal(client.ending, "end");
});

test("a chunked answer that breaks off does not look whole to an HTTP/1.0 client", async (t) => {
  const backend = await RawBackend.start(t, async (peer) => {
    await peer.readRequest();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    peer.end();
  });
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("GET / HTTP/1.0\r\n\r\n");
  assert.equal(await client.ended(), "reset");
});

test("an answer to HEAD from HTTP/1.0 has no Transfer-Encoding", async (t) => {
  const backend = await RawBackend.answering(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  assert.equal(field(await client.readResponse("HEAD"), "transfer-encoding"), undefined);
});

test("Upgrade from HTTP/1.0 is not passed on", async (t) => {
  const backend = await RawBackend.answering(t, plainAnswer);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
  assert.equal((await client.readResponse()).status, 200);
  assert.doesNotMatch(backend.received, /upgrade/i);
});
