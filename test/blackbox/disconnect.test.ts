import assert from "node:assert/strict";
import { test } from "node:test";
import { field } from "./kit/message.ts";
import type { Peer } from "./kit/peer.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

for (const [how, leave] of [
  ["with FIN", (peer: Peer) => peer.end()],
  ["with RST", (peer: Peer) => peer.reset()],
] as const) {
  test(`a client that leaves ${how} cancels its request at the backend`, async (t) => {
    const backend = await RawBackend.start(t);
    const scene = await Scene.start(t, backend);
    const client = await scene.connect();
    client.send(get + get);
    const upstream = await backend.accept();
    await upstream.readRequest();
    leave(client);
    await upstream.ended();
    assert.equal(backend.connections.length, 1, "the request behind it is not started");
  });

  test(`a client that leaves ${how} in the middle of its body cancels its request`, async (t) => {
    const backend = await RawBackend.start(t);
    const scene = await Scene.start(t, backend);
    const client = await scene.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    const upstream = await backend.accept();
    await upstream.takeUntil("abc\r\n");
    leave(client);
    await upstream.ended();
    assert.equal(upstream.rest.length, 0, "the body must not look whole");
  });

  test(`a client that leaves ${how} in the middle of the answer cancels it`, async (t) => {
    const backend = await RawBackend.start(t);
    const scene = await Scene.start(t, backend);
    const client = await scene.connect();
    client.send(get);
    const upstream = await backend.accept();
    await upstream.readRequest();
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\npart");
    await client.takeUntil("part");
    leave(client);
    await upstream.ended();
  });

  test(`a backend that leaves ${how} in the middle of a body: the client never sees a whole answer`, async (t) => {
    for (const head of ["Content-Length: 1000\r\n", "Transfer-Encoding: chunked\r\n"]) {
      const backend = await RawBackend.start(t);
      const scene = await Scene.start(t, backend);
      const client = await scene.connect();
      client.send(get);
      const upstream = await backend.accept();
      await upstream.readRequest();
      upstream.send(`HTTP/1.1 200 OK\r\n${head}\r\n3e8\r\npart`);
      await client.takeUntil("part");
      leave(upstream);
      assert.equal(await client.ended(), "reset");
      assert.equal(client.rest.length, 0);
    }
  });
}

test("a backend that resets in a body that ends with the connection: the client sees a reset, no end", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(get);
  const upstream = await backend.accept();
  await upstream.readRequest();
  upstream.send("HTTP/1.1 200 OK\r\n\r\npart");
  await client.takeUntil("part");
  upstream.reset();
  assert.equal(await client.ended(), "reset");
});

test("a backend that answers before the body is complete is heard, and both connections end", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nsome");
  const upstream = await backend.accept();
  await upstream.takeUntil("some");
  upstream.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
  const response = await client.readResponse();
  assert.equal(response.status, 413);
  assert.equal(response.body.toString(), "big");
  assert.equal(field(response, "connection"), "close");
  await client.ended();
  await upstream.ended();
});

test("a backend that answers early and closes is heard while the client still sends", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 700000\r\n\r\n");
  const upstream = await backend.accept();
  await upstream.takeUntil("\r\n\r\n");
  upstream.send("HTTP/1.1 403 No\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
  upstream.end();
  client.send(Buffer.alloc(700_000));
  const response = await client.readResponse();
  assert.equal(response.status, 403);
  assert.equal(response.body.toString(), "no");
});

test("an answer that begins early goes on while the body still comes", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
  const upstream = await backend.accept();
  await upstream.takeUntil("a\r\n");
  upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  await client.takeUntil("\r\n\r\n");
  for (let round = 0; round < 10; round++) {
    client.send(`2\r\n0${round}\r\n`);
    await upstream.takeUntil(`0${round}\r\n`);
    upstream.send(`2\r\n1${round}\r\n`);
    await client.takeUntil(`1${round}\r\n`);
  }
  client.send("0\r\n\r\n");
  await upstream.takeUntil("0\r\n\r\n");
  upstream.send("0\r\n\r\n");
  await client.takeUntil("0\r\n\r\n");
  await client.ended();
});

test("a body that is broken off after the answer has begun cuts the answer", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
  const upstream = await backend.accept();
  await upstream.takeUntil("a\r\n");
  upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n");
  await client.takeUntil("b\r\n");
  client.send("x\r\n");
  assert.equal(await client.ended(), "reset");
  await upstream.ended();
});
