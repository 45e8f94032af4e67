// A connection whose certificate and client validation belong to one listener, and a request for another one
// (RFC 9110 section 15.5.20, GatewayHTTPSListenerDetectMisdirectedRequests).
import assert from "node:assert/strict";
import { connect } from "node:http2";
import { Agent as SecureAgent, request } from "node:https";
import { Agent, request as plainRequest } from "node:http";
import { test, type TestContext } from "node:test";
import { certificate, makeAuthority, makeLeaf } from "./kit/certificates.ts";
import { HttpBackend } from "./kit/http-backend.ts";
import { backend, listener, route, rule } from "./kit/program.ts";
import { Scene } from "./kit/scene.ts";

const authority = makeAuthority();

/** Listeners for these hostnames on one port, `*.example.com` and `a.example.com` among them with the same certificate. */
async function open(t: TestContext, ...hostnames: readonly string[]): Promise<Scene> {
  const server = await HttpBackend.start(t, (_, response) => response.end("fine"));
  const scene = await Scene.with(t, { backends: [backend("main", server)] });
  const listeners = hostnames.map((hostname) =>
    listener(scene.address, scene.port, {
      key: `default/gateway/${hostname}`,
      protocol: "HTTPS",
      hostname,
      tls: { certificates: ["c"] },
    }),
  );
  await scene.edit({
    removedListeners: ["default/gateway/http"],
    listeners,
    certificates: [certificate("c", makeLeaf(authority, { names: ["*.example.com", "other.test"] }))],
    routes: [
      {
        ...route([rule("/", "main")]),
        attachments: listeners.map(({ key }) => ({ listener: key, hostnames: [""] })),
      },
    ],
  });
  return scene;
}

/** Status of a request for a host over a connection that was opened for another name. */
async function overHttp2(scene: Scene, servername: string, host: string): Promise<number> {
  const session = connect(`https://${scene.address}:${scene.port}`, {
    servername,
    ca: authority.certificate,
  });
  const stream = session.request({ ":path": "/", ":authority": host });
  const status = await new Promise<number>((resolve, reject) => {
    stream.on("response", (headers) => resolve(Number(headers[":status"])));
    stream.on("error", reject);
    session.on("error", reject);
  });
  session.destroy();
  return status;
}

function overHttp1(scene: Scene, servername: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({
      host: scene.address,
      port: scene.port,
      servername,
      ca: authority.certificate,
      headers: { host },
      agent: false,
    });
    sent.on("response", (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    sent.on("error", reject);
    sent.end();
  });
}

/** Connection, request, status. */
const cases: readonly (readonly [servername: string, host: string, status: number])[] = [
  ["a.example.com", "a.example.com", 200],
  ["a.example.com", "A.example.com:443", 200],
  ["b.example.com", "c.example.com", 200],
  // The other listener is more specific.
  ["b.example.com", "a.example.com", 421],
  // The listener of the connection is the more specific one.
  ["a.example.com", "b.example.com", 421],
  ["a.example.com", "other.test", 421],
  // No listener at all.
  ["a.example.com", "nowhere.test", 404],
];

for (const [servername, host, status] of cases) {
  test(`a connection to ${servername}, a request for ${host}: ${status}`, async (t) => {
    const scene = await open(t, "a.example.com", "*.example.com", "other.test");
    assert.equal(await overHttp2(scene, servername, host), status);
    assert.equal(await overHttp1(scene, servername, host), status);
  });
}

test("a listener for any host serves any request of its connections", async (t) => {
  const scene = await open(t, "");
  assert.equal(await overHttp2(scene, "a.example.com", "b.example.com"), 200);
});

/** A client that sends one request after another on one connection. @param servername Undefined for a connection without TLS. */
function keepAlive(t: TestContext, scene: Scene, servername: string | undefined): () => Promise<number> {
  const options = { keepAlive: true, maxSockets: 1 };
  const agent =
    servername === undefined
      ? new Agent(options)
      : new SecureAgent({ ...options, servername, ca: authority.certificate });
  t.after(() => agent.destroy());
  const send = servername === undefined ? plainRequest : request;
  return () =>
    new Promise((resolve, reject) => {
      const sent = send({
        host: scene.address,
        port: scene.port,
        headers: { host: "a.example.com" },
        agent,
      });
      sent.on("response", (response) => {
        response.resume().on("end", () => resolve(response.statusCode!));
      });
      sent.on("error", reject);
      sent.end();
    });
}

for (const optional of [true, false]) {
  test(`a listener that begins to ${optional ? "ask for" : "require"} certificates of clients, and a client without`, async (t) => {
    const scene = await open(t, "");
    const get = keepAlive(t, scene, "a.example.com");
    assert.equal(await get(), 200);
    const clients = { authorities: authority.certificate, optional };
    await scene.edit({
      listeners: [
        listener(scene.address, scene.port, {
          key: "default/gateway/",
          protocol: "HTTPS",
          tls: { certificates: ["c"], clients },
        }),
      ],
    });
    assert.equal(await get(), optional ? 200 : 421);
  });
}

test("a connection without TLS to a listener that now wants it", async (t) => {
  const server = await HttpBackend.start(t, (_, response) => response.end("fine"));
  const scene = await Scene.start(t, server);
  const get = keepAlive(t, scene, undefined);
  assert.equal(await get(), 200);
  await scene.edit({
    listeners: [listener(scene.address, scene.port, { protocol: "HTTPS", tls: { certificates: ["c"] } })],
    certificates: [certificate("c", makeLeaf(authority, { names: ["a.example.com"] }))],
  });
  assert.equal(await get(), 421);
});
