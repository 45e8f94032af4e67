import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { connect } from "node:tls";
import type { BackendTls, Endpoint } from "../../src/program/program.ts";
import { certificate, type KeyPair, makeAuthority, makeLeaf } from "./kit/certificates.ts";
import { HttpBackend } from "./kit/http-backend.ts";
import { connected, type Peer } from "./kit/peer.ts";
import { backend, listener, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const authority = makeAuthority();
const servername = "a.example.com";
const pair = makeLeaf(authority, { names: [servername] });
const get = `GET / HTTP/1.1\r\nHost: ${servername}\r\n\r\n`;

/** An HTTPS listener in front of a backend. */
async function stage(t: TestContext, endpoint: Endpoint, tls?: BackendTls): Promise<Scene> {
  const scene = await Scene.with(t, { listeners: [] });
  await scene.edit({
    listeners: [listener(scene.address, scene.port, { protocol: "HTTPS", tls: { certificates: ["c"] } })],
    routes: [route([rule("/", "main")])],
    backends: [secured(endpoint, tls)],
    certificates: [certificate("c", pair)],
  });
  return scene;
}

function secured(endpoint: Endpoint, tls: BackendTls | undefined) {
  return { ...backend("main", endpoint), ...(tls === undefined ? {} : { tls }) };
}

async function open(t: TestContext, scene: Scene): Promise<Peer> {
  const socket = connect({ host: scene.address, port: scene.port, servername, ca: authority.certificate });
  t.after(() => socket.destroy());
  await once(socket, "secureConnect");
  return connected(socket);
}

/** A backend of Node's over TLS that says how much came, and what it was. */
async function httpsBackend(
  t: TestContext,
  { certificate: cert, key }: KeyPair,
): Promise<Endpoint & { requests: number }> {
  const state = { host: "127.0.0.1", port: 0, requests: 0 };
  const server = createServer({ cert, key }, (request, response) => {
    state.requests++;
    const hash = createHash("sha256");
    request.on("data", (chunk: Buffer) => hash.update(chunk));
    request.on("end", () => response.end(hash.digest("hex")));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  state.port = (server.address() as AddressInfo).port;
  return state;
}

test("requests over one TLS connection, one after another, and the backend is told the scheme", async (t) => {
  const heard: (string | undefined)[] = [];
  const scene = await stage(
    t,
    await HttpBackend.start(t, (request, response) => {
      heard.push(request.headers["x-forwarded-proto"]?.toString());
      response.end("ok");
    }),
  );
  const client = await open(t, scene);
  for (let i = 0; i < 3; i++) {
    client.send(get);
    const { status, body } = await client.readResponse();
    assert.equal(status, 200);
    assert.equal(body.toString("latin1"), "ok");
  }
  assert.deepEqual(heard, ["https", "https", "https"]);
});

test("HTTP/2 over TLS to a backend of HTTP/1.1", async (t) => {
  const scene = await stage(t, await HttpBackend.start(t, (_, response) => response.end("ok")));
  const session = connectHttp2(`https://${scene.address}:${scene.port}`, {
    ca: authority.certificate,
    servername,
  });
  t.after(() => session.destroy());
  const stream = session.request({ ":path": "/", ":authority": servername });
  const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
  assert.equal(headers[":status"], 200);
  let body = "";
  for await (const chunk of stream) body += String(chunk);
  assert.equal(body, "ok");
});

test("a certificate is replaced in the middle of an answer", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await stage(t, backend);
  const client = await open(t, scene);
  client.send(get);
  const upstream = await backend.accept();
  await upstream.readRequest();
  upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
  await client.takeUntil("first");
  const other = makeAuthority("other");
  await scene.edit({ certificates: [certificate("c", makeLeaf(other, { names: [servername] }))] });
  await assert.rejects(open(t, scene));
  upstream.send("-last");
  assert.equal((await client.take(5)).toString("latin1"), "-last");
});

test("a large body goes through TLS on both sides unharmed", async (t) => {
  const scene = await stage(t, await httpsBackend(t, pair), {
    serverName: servername,
    authorities: authority.certificate,
  });
  const client = await open(t, scene);
  const body = randomBytes(8 * 1024 * 1024);
  client.send(`POST / HTTP/1.1\r\nHost: ${servername}\r\nContent-Length: ${body.length}\r\n\r\n`);
  client.send(body);
  const response = await client.readResponse();
  assert.equal(response.status, 200);
  assert.equal(response.body.toString("latin1"), createHash("sha256").update(body).digest("hex"));
});

test("a backend that cannot be verified gets no request: neither at first, nor over a connection from before", async (t) => {
  const right: BackendTls = { serverName: servername, authorities: authority.certificate };
  const wrong: BackendTls = { serverName: servername, authorities: makeAuthority("other").certificate };
  const endpoint = await httpsBackend(t, pair);
  const scene = await stage(t, endpoint, wrong);
  const client = await open(t, scene);
  for (const [tls, status, requests] of [
    [wrong, 502, 0],
    [right, 200, 1],
    [wrong, 502, 1],
    [{ ...right, serverName: "b.example.com" }, 502, 1],
    [{ ...right, certificate: "gone" }, 502, 1],
    [right, 200, 2],
  ] as const) {
    await scene.edit({ backends: [secured(endpoint, tls)] });
    client.send(get);
    const response = await client.readResponse();
    assert.equal(response.status, status);
    assert.equal(endpoint.requests, requests);
  }
});
