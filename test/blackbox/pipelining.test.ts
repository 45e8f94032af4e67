import assert from "node:assert/strict";
import { test } from "node:test";
import { field } from "./kit/message.ts";
import type { Peer } from "./kit/peer.ts";
import { backend as backendOf, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

/** Answers every request with its path. */
async function serveEcho(peer: Peer): Promise<void> {
  for (;;) {
    const { line, body } = await peer.readRequest();
    const text = `${line.split(" ")[1]} ${body.length}`;
    peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
  }
}

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
}

test("a connection carries one request after another", async (t) => {
  const backend = await RawBackend.start(t, serveEcho);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  for (let round = 0; round < 5; round++) {
    client.send(get(`/${round}`));
    const response = await client.readResponse();
    assert.equal(response.body.toString(), `/${round} 0`);
    assert.equal(field(response, "connection"), undefined);
  }
  assert.equal(backend.connections.length, 1);
});

test("Connection: close is answered with it, and closes", async (t) => {
  const backend = await RawBackend.start(t, serveEcho);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("GET /a HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n" + get("/b"));
  const response = await client.readResponse();
  assert.equal(field(response, "connection"), "close");
  assert.equal((await client.takeAll()).length, 0);
  assert.equal(client.ending, "end");
  assert.ok(!backend.received.includes("/b"), "what follows a last request is nobody's");
});

test("answers leave in the order of the requests, also when the first is slow and others are the proxy's own", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.with(t, {
    routes: [route([rule("/slow", "slow"), rule("/fast", "fast"), rule("/none", "none")])],
    backends: [
      backendOf("slow", backend),
      backendOf("fast", await RawBackend.start(t, serveEcho)),
      backendOf("none"),
    ],
  });
  const client = await scene.connect();
  client.send(
    get("/slow") + get("/missing") + get("/fast/1") + get("/none") + get("/fast/2") + get("/missing"),
  );
  const upstream = await backend.accept();
  await upstream.readRequest();
  assert.equal(client.rest.length, 0);
  upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow");
  assert.equal((await client.readResponse()).body.toString(), "slow");
  assert.equal((await client.readResponse()).status, 404);
  assert.equal((await client.readResponse()).body.toString(), "/fast/1 0");
  assert.equal((await client.readResponse()).status, 503);
  assert.equal((await client.readResponse()).body.toString(), "/fast/2 0");
  assert.equal((await client.readResponse()).status, 404);
});

test("requests with bodies are told apart wherever the stream is cut", async (t) => {
  const backend = await RawBackend.start(t, serveEcho);
  const scene = await Scene.start(t, backend);
  const stream =
    `POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc${get("/2")}` +
    `PUT /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n${get("/4")}`;
  const client = await scene.connect();
  for (let cut = 1; cut < stream.length; cut += 4) {
    await client.sendInPieces([stream.slice(0, cut), stream.slice(cut)]);
    for (const text of ["/1 3", "/2 0", "/3 2", "/4 0"]) {
      assert.equal((await client.readResponse()).body.toString(), text, `cut at ${cut}`);
    }
  }
});

test("a thousand requests at once are all answered", async (t) => {
  const backend = await RawBackend.start(t, serveEcho);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  const numbers = Array.from({ length: 3000 }, (_, index) => index);
  client.send(numbers.map((index) => get(`/${index}`)).join(""));
  for (const index of numbers) {
    assert.equal((await client.readResponse()).body.toString(), `/${index} 0`);
  }
});

test("a large body behind many requests sent ahead arrives", async (t) => {
  const backend = await RawBackend.start(t, serveEcho);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  const size = 500_000;
  // The requests before fill what may be sent ahead, so that reading stops in the middle of the body.
  for (const ahead of [500, 1000, 1499, 1700, 2000]) {
    const upload = `POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n${"x".repeat(size)}`;
    client.send(get("/pipelined/request/to/fill").repeat(ahead) + upload + get("/after"));
    for (let index = 0; index < ahead; index++) await client.readResponse();
    assert.equal((await client.readResponse()).body.toString(), `/up ${size}`);
    assert.equal((await client.readResponse()).body.toString(), "/after 0");
  }
});

test("an empty line between two requests is ignored", async (t) => {
  const backend = await RawBackend.start(t, serveEcho);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(`POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx\r\n${get("/2")}`);
  assert.equal((await client.readResponse()).body.toString(), "/1 1");
  assert.equal((await client.readResponse()).body.toString(), "/2 0");
});
