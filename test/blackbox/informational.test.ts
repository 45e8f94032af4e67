import assert from "node:assert/strict";
import { test } from "node:test";
import { field } from "./kit/message.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const expecting = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";

test("100-continue goes to the backend, its 100 to the client, then the body to the backend", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  for (let round = 0; round < 2; round++) {
    client.send(expecting);
    const upstream = backend.connections[0] ?? (await backend.accept());
    const head = await upstream.takeUntil("\r\n\r\n");
    assert.match(head, /\r\nExpect: 100-continue\r\n/);
    assert.equal(client.rest.length, 0, "nobody but the backend says 100");
    upstream.send("HTTP/1.1 100 Continue\r\nX: y\r\n\r\n");
    const interim = await client.readResponse();
    assert.equal(interim.line, "HTTP/1.1 100 Continue");
    assert.equal(field(interim, "x"), "y");
    client.send("hello");
    assert.equal((await upstream.take(5)).toString(), "hello");
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    assert.equal((await client.readResponse()).status, 200);
  }
  assert.equal(backend.connections.length, 1);
});

test("a backend's answer instead of 100 reaches the client, and both connections close", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(expecting);
  const upstream = await backend.accept();
  await upstream.takeUntil("\r\n\r\n");
  upstream.send("HTTP/1.1 401 Who\r\nContent-Length: 2\r\n\r\nno");
  const response = await client.readResponse();
  assert.equal(response.line, "HTTP/1.1 401 Who");
  assert.equal(field(response, "connection"), "close");
  await client.ended();
  await upstream.ended();
});

test("a proxy answer to an expectation closes the connection: the body may or may not come", async (t) => {
  const scene = await Scene.with(t, {});
  const client = await scene.connect();
  client.send(expecting);
  const response = await client.readResponse();
  assert.equal(response.status, 404);
  assert.equal(field(response, "connection"), "close");
  await client.ended();
});

for (const value of ["200-ok", "100-continue, other", "100-continue;a", ""]) {
  test(`another expectation is 417: ${JSON.stringify(value)}`, async (t) => {
    const backend = await RawBackend.start(t);
    const scene = await Scene.start(t, backend);
    const client = await scene.connect();
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: ${value}\r\n\r\nhello`);
    assert.equal((await client.readResponse()).status, 417);
    await client.ended();
    assert.equal(backend.connections.length, 0);
  });
}

test("the expectation is known in any case", async (t) => {
  const backend = await RawBackend.answering(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\nhello");
  assert.equal((await client.readResponse()).status, 200);
});

test("103 and unknown 1xx answers go to the client before the answer, in one piece or in many", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  const interim =
    "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: x-hop\r\nX-Hop: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </b.css>\r\n\r\nHTTP/1.1 199 Hm\r\n\r\n";
  const answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
  for (const pieces of [[interim + answer], [...(interim + answer)]]) {
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const upstream = backend.connections[0] ?? (await backend.accept());
    await upstream.readRequest();
    await upstream.sendInPieces(pieces);
    assert.deepEqual((await client.readResponse()).fields, [["link", "</a.css>"]]);
    assert.deepEqual((await client.readResponse()).fields, [["link", "</b.css>"]]);
    assert.equal((await client.readResponse()).line, "HTTP/1.1 199 Hm");
    assert.equal((await client.readResponse()).body.toString(), "x");
  }
  assert.equal(backend.connections.length, 1);
});

test("a client of HTTP/1.0 is spared 1xx answers", async (t) => {
  const backend = await RawBackend.answering(
    t,
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
  );
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("GET / HTTP/1.0\r\n\r\n");
  const response = await client.readResponse();
  assert.equal(response.status, 200);
  assert.equal(response.body.toString(), "x");
});
