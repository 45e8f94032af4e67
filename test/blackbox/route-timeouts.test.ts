import assert from "node:assert/strict";
import { test } from "node:test";
import { backend as backendOf, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

for (const name of ["requestTimeout", "backendRequestTimeout"] as const) {
  test(`${name} is answered with 504, and the backend's connection is closed`, async (t) => {
    const backend = await RawBackend.start(t);
    const scene = await Scene.with(t, {
      routes: [route([rule("/", "main", { [name]: 60 })])],
      backends: [backendOf("main", backend)],
    });
    const client = await scene.connect();
    for (let round = 1; round <= 3; round++) {
      const started = performance.now();
      client.send(get);
      const upstream = await backend.accept();
      assert.equal((await client.readResponse()).status, 504);
      assert.ok(performance.now() - started >= 59);
      await upstream.ended();
      assert.equal(backend.connections.length, round);
    }
  });

  test(`${name} counts while interim answers and parts of the head come`, async (t) => {
    const backend = await RawBackend.start(t, async (peer) => {
      await peer.readRequest();
      peer.send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 O");
    });
    const scene = await Scene.with(t, {
      routes: [route([rule("/", "main", { [name]: 60 })])],
      backends: [backendOf("main", backend)],
    });
    const client = await scene.connect();
    client.send(get);
    assert.equal((await client.readResponse()).status, 103);
    assert.equal((await client.readResponse()).status, 504);
  });

  test(`${name} ends where the answer begins`, async (t) => {
    const backend = await RawBackend.start(t);
    const scene = await Scene.with(t, {
      routes: [route([rule("/", "main", { [name]: 60 }), rule("/never", "never", { requestTimeout: 200 })])],
      backends: [backendOf("main", backend), backendOf("never", await RawBackend.start(t))],
    });
    const [client, other] = [await scene.connect(), await scene.connect()];
    client.send(get);
    const upstream = await backend.accept();
    await upstream.readRequest();
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
    await client.takeUntil("ab");
    // As long as another request takes to be timed out.
    other.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
    await other.readResponse();
    upstream.send("cd");
    assert.equal((await client.take(2)).toString(), "cd");
    client.send(get);
    await upstream.readRequest();
    upstream.send("HTTP/1.1 204 No Content\r\n\r\n");
    assert.equal((await client.readResponse()).status, 204);
  });
}

test("a timeout while the body is on its way closes the client's connection after the 504", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main", { requestTimeout: 60 })])],
    backends: [backendOf("main", backend)],
  });
  const client = await scene.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
  const upstream = await backend.accept();
  assert.equal((await client.readResponse()).status, 504);
  await client.ended();
  await upstream.ended();
});

test("a timeout of one request does not touch those before and after it", async (t) => {
  const backend = await RawBackend.start(t, async (peer) => {
    for (;;) {
      const { line } = await peer.readRequest();
      if (!line.includes("/slow")) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
  });
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main", { requestTimeout: 80 })])],
    backends: [backendOf("main", backend)],
  });
  const client = await scene.connect();
  const path = (name: string) => `GET /${name} HTTP/1.1\r\nHost: a\r\n\r\n`;
  client.send(path("fast") + path("slow") + path("fast") + path("slow") + path("fast"));
  for (const status of [200, 504, 200, 504, 200]) assert.equal((await client.readResponse()).status, status);
});
