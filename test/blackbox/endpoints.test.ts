import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { backend as backendOf, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";
import type { Endpoint } from "../../src/program/program.ts";

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** An endpoint that refuses connections. */
async function refusing(): Promise<Endpoint> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return { host: "127.0.0.1", port };
}

test("an endpoint that refuses is passed over, for every method and with its body", async (t) => {
  const backend = await RawBackend.start(t, async (peer) => {
    for (;;) {
      const { body } = await peer.readRequest();
      peer.send(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`);
      peer.send(body);
    }
  });
  const scene = await Scene.start(t, await refusing(), backend);
  const client = await scene.connect();
  for (let round = 0; round < 10; round++) {
    const body = "x".repeat(round * 30_000);
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    const response = await client.readResponse();
    assert.equal(response.status, 200);
    assert.equal(response.body.length, body.length);
  }
});

test("when all endpoints refuse the answer is 502, and the client's connection stays", async (t) => {
  const scene = await Scene.start(t, await refusing(), await refusing(), await refusing(), await refusing());
  const client = await scene.connect();
  for (let round = 0; round < 3; round++) {
    client.send(get);
    const response = await client.readResponse();
    assert.equal(response.status, 502);
    assert.doesNotMatch(response.body.toString(), /127\.|ECONN/, "addresses are not for clients");
  }
});

test("one endpoint that refuses is 502", async (t) => {
  const scene = await Scene.start(t, await refusing());
  const client = await scene.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
  assert.equal((await client.readResponse()).status, 502);
});

test("no endpoints are 503, an unknown backend too; no destination is 500", async (t) => {
  const scene = await Scene.with(t, {
    routes: [
      route([
        rule("/none", "none"),
        rule("/unknown", "unknown"),
        rule("/invalid", "x", { destinations: [{ weight: 1, filters: [] }] }),
        rule("/empty", "x", { destinations: [] }),
        rule("/broken", "x", { broken: "because" }),
      ]),
    ],
    backends: [backendOf("none")],
  });
  const client = await scene.connect();
  for (const [path, status] of [
    ["/none", 503],
    ["/unknown", 503],
    ["/invalid", 500],
    ["/empty", 500],
    ["/broken", 500],
    ["/missing", 404],
  ] as const) {
    client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    assert.equal((await client.readResponse()).status, status, path);
  }
});

test("requests are spread over the endpoints, and connections are used again", async (t) => {
  const backends = await Promise.all([1, 2, 3].map(() => RawBackend.answering(t, ok)));
  const scene = await Scene.start(t, ...backends);
  const client = await scene.connect();
  for (let round = 0; round < 30; round++) {
    client.send(get);
    await client.readResponse();
  }
  for (const backend of backends) {
    assert.equal(backend.connections.length, 1);
    assert.equal(backend.received.split("GET / ").length - 1, 10);
  }
});

test("Keep-Alive: timeout of a backend is heeded", async (t) => {
  const backend = await RawBackend.answering(
    t,
    "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1, max=100\r\nContent-Length: 0\r\n\r\n",
  );
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(get);
  await client.readResponse();
  await backend.connections[0]!.ended();
  assert.equal(client.ending, undefined);
});
