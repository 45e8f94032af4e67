import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Peer } from "./kit/peer.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

interface Primed {
  readonly backend: RawBackend;
  readonly client: Peer;
  /** Has carried a request and waits for the next. */
  readonly reused: Peer;
}

async function prime(t: TestContext): Promise<Primed> {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
  const reused = await backend.accept();
  await reused.readRequest();
  reused.send(ok);
  await client.readResponse();
  return { backend, client, reused };
}

for (const [how, close] of [
  ["with FIN", (peer: Peer) => peer.end()],
  ["with RST", (peer: Peer) => peer.reset()],
] as const) {
  for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]) {
    test(`${method} is sent again when its reused connection is closed ${how}`, async (t) => {
      const { backend, client, reused } = await prime(t);
      const body = method === "PUT" ? "Content-Length: 5\r\n\r\nhello" : "\r\n";
      client.send(`${method} /second HTTP/1.1\r\nHost: a\r\n${body}`);
      const first = await reused.readRequest();
      close(reused);
      const fresh = await backend.accept();
      const second = await fresh.readRequest();
      assert.deepEqual(second, first);
      fresh.send(method === "HEAD" ? "HTTP/1.1 200 OK\r\n\r\n" : ok);
      assert.equal((await client.readResponse(method)).status, 200);
      assert.equal(backend.connections.length, 2);
    });
  }

  for (const method of ["POST", "PATCH", "FOO"]) {
    test(`${method} is not sent again when its connection is closed ${how}`, async (t) => {
      const { backend, client, reused } = await prime(t);
      client.send(`${method} /second HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`);
      await reused.readRequest();
      close(reused);
      assert.equal((await client.readResponse()).status, 502);
      assert.equal(backend.connections.length, 1);
    });
  }

  test(`nothing is sent again after a byte of the answer, closed ${how}`, async (t) => {
    for (const bytes of ["H", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n"]) {
      const { backend, client, reused } = await prime(t);
      client.send("GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
      await reused.readRequest();
      await reused.sendInPieces([bytes]);
      close(reused);
      let response = await client.readResponse();
      if (response.status === 103) response = await client.readResponse();
      assert.equal(response.status, 502);
      assert.equal(backend.connections.length, 1);
    }
  });

  test(`a request is sent again once, not for ever, closed ${how}`, async (t) => {
    const { backend, client, reused } = await prime(t);
    client.send("GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
    await reused.readRequest();
    close(reused);
    const fresh = await backend.accept();
    await fresh.readRequest();
    close(fresh);
    assert.equal((await client.readResponse()).status, 502);
    assert.equal(backend.connections.length, 2);
  });

  test(`a request on a new connection is not sent again, closed ${how}`, async (t) => {
    const backend = await RawBackend.start(t);
    const scene = await Scene.start(t, backend);
    const client = await scene.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const upstream = await backend.accept();
    await upstream.readRequest();
    close(upstream);
    assert.equal((await client.readResponse()).status, 502);
    assert.equal(backend.connections.length, 1);
  });

  test(`a request whose body is on its way is not sent again, closed ${how}`, async (t) => {
    const { backend, client, reused } = await prime(t);
    client.send("PUT /second HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
    await reused.takeUntil("\r\n\r\n");
    client.send("hel");
    await reused.take(3);
    close(reused);
    assert.equal((await client.readResponse()).status, 502);
    assert.equal(backend.connections.length, 1);
    await client.ended();
  });
}

test("a request whose body has not begun is sent again, and the body goes to the new connection alone", async (t) => {
  const { backend, client, reused } = await prime(t);
  client.send("PUT /second HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
  await reused.takeUntil("hello");
  reused.end();
  const fresh = await backend.accept();
  await fresh.takeUntil("hello");
  client.send("world");
  await fresh.takeUntil("world");
  fresh.send(ok);
  assert.equal((await client.readResponse()).status, 200);
  assert.ok(!reused.received.includes("world"));
});

test("a connection that the backend closes while it waits is not used", async (t) => {
  const { backend, client, reused } = await prime(t);
  reused.end();
  await reused.ended();
  client.send("POST /second HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  const fresh = await backend.accept();
  await fresh.readRequest();
  fresh.send(ok);
  assert.equal((await client.readResponse()).status, 200);
});
