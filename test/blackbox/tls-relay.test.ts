import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { Listener } from "../../src/program/program.ts";
import { connectTimeout, handshakeTimeout, relayDrainTimeout } from "../../src/proxy/limits.ts";
import { certificate, type KeyPair, makeAuthority, makeLeaf } from "./kit/certificates.ts";
import { Clock } from "./kit/clock.ts";
import { backend as httpBackend, route, rule } from "./kit/program.ts";
import { Peer } from "./kit/peer.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { l4Route, tcpBackend, tcpListener } from "./kit/relay-scene.ts";
import { Scene } from "./kit/scene.ts";
import { SecureBackend } from "./kit/secure-backend.ts";
import { roundTrip } from "./kit/secure-listener.ts";
import { unusedEndpoint } from "./kit/unused-endpoint.ts";

const authority = makeAuthority();
const ours = makeLeaf(authority, { names: ["*.ours.example"] });

function options(pair: KeyPair): { readonly cert: string; readonly key: string } {
  return { cert: pair.certificate, key: pair.key };
}

/** A backend that ends TLS itself, with a certificate for the name. */
function behind(t: TestContext, name: string): Promise<SecureBackend> {
  return SecureBackend.start(t, options(makeLeaf(authority, { names: [name] })));
}

function tlsListener(scene: Scene, name: string, more: Partial<Listener> = {}): Listener {
  const key = `default/gateway/${name}`;
  return {
    key,
    protocol: "TLS",
    binds: [{ address: scene.address, port: scene.port }],
    hostname: "",
    ...more,
  };
}

async function secure(
  t: TestContext,
  scene: Scene,
  servername: string,
  more: ConnectionOptions = {},
): Promise<TLSSocket> {
  const { address: host, port } = scene;
  const socket = connect({ host, port, servername, ca: authority.certificate, ...more });
  t.after(() => socket.destroy());
  await once(socket, "secureConnect");
  return socket;
}

/** What the proxy, or OpenSSL, says against a handshake. */
async function refusal(t: TestContext, scene: Scene, servername: string): Promise<string> {
  try {
    await secure(t, scene, servername);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "";
  }
  return "none";
}

const passthrough = "default/gateway/pass";
const terminate = "default/gateway/end";
const unrecognized = "ERR_SSL_TLSV1_UNRECOGNIZED_NAME";
const internal = "ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR";

test("TLS is passed through by server name: the most specific hostname of a route has it", async (t) => {
  const names = ["a.example.com", "b.example.com", "x.y.example.com", "z.example.org"] as const;
  const backends = await Promise.all(names.map((name) => behind(t, name)));
  const scene = await Scene.with(t, { listeners: [] });
  const via = (name: string, hostnames: readonly string[], created = 0) =>
    l4Route(name, { name, hostnames: [...hostnames], on: passthrough, created });
  await scene.edit({
    listeners: [tlsListener(scene, "pass")],
    l4Routes: [
      via("a.example.com", ["a.example.com"], 5),
      via("b.example.com", ["*.example.com"], 1),
      via("x.y.example.com", ["*.y.example.com"], 9),
    ],
    backends: names.map((name, i) => tcpBackend(name, [backends[i]!])),
  });
  const loose = { checkServerIdentity: () => undefined };
  for (const [servername, shown] of [
    ["a.example.com", "a.example.com"],
    ["A.EXAMPLE.com", "a.example.com"],
    ["c.example.com", "b.example.com"],
    ["d.c.example.com", "b.example.com"],
    ["w.y.example.com", "x.y.example.com"],
  ] as const) {
    const socket = await secure(t, scene, servername, loose);
    assert.equal(socket.getPeerX509Certificate()?.subjectAltName, `DNS:${shown}`, servername);
    assert.equal(await roundTrip(socket, "ping"), "ping");
  }
  assert.equal(await refusal(t, scene, "example.com"), "ECONNRESET");
  assert.equal(await refusal(t, scene, "z.example.org"), "ECONNRESET");
  assert.equal(await refusal(t, scene, ""), "ECONNRESET");
});

test("a route that leads nowhere refuses the handshake, and so does a name without a route", async (t) => {
  const scene = await Scene.with(t, { listeners: [] });
  const on = { on: passthrough };
  await scene.edit({
    certificates: [certificate("ours", ours)],
    listeners: [
      tlsListener(scene, "pass", { hostname: "*.example.com" }),
      tlsListener(scene, "end", { hostname: "*.ours.example", tls: { certificates: ["ours"] } }),
    ],
    l4Routes: [
      l4Route([{ weight: 1 }], { name: "wrong", hostnames: ["broken.ours.example"], on: terminate }),
      l4Route([{ weight: 1 }], { name: "broken", hostnames: ["broken.example.com"], ...on }),
      l4Route("empty", { name: "empty", hostnames: ["empty.example.com"], ...on }),
    ],
    backends: [tcpBackend("empty", [])],
  });
  // Where TLS does not end here there is nobody who could say an alert.
  assert.equal(await refusal(t, scene, "broken.example.com"), "ECONNRESET");
  assert.equal(await refusal(t, scene, "empty.example.com"), "ECONNRESET");
  assert.equal(await refusal(t, scene, "other.example.org"), "ECONNRESET");
  assert.equal(await refusal(t, scene, "broken.ours.example"), internal);
  assert.equal(await refusal(t, scene, "other.ours.example"), unrecognized);
  await scene.edit({ removedListeners: ["default/gateway/pass"] });
  assert.equal(await refusal(t, scene, "other.example.org"), unrecognized);
});

test("TLS ends at the proxy, and the backend gets what is inside; one port has both modes, and HTTPS", async (t) => {
  const plain = await RawBackend.start(t, ({ socket }) => void socket.pipe(socket));
  const far = await behind(t, "pass.ours.example");
  const web = await RawBackend.answering(t, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nweb");
  const scene = await Scene.with(t, { listeners: [] });
  const tls = { certificates: ["ours"] };
  await scene.edit({
    certificates: [certificate("ours", ours)],
    listeners: [
      tlsListener(scene, "pass", { hostname: "pass.ours.example" }),
      tlsListener(scene, "end", { hostname: "end.ours.example", tls }),
      tlsListener(scene, "http", { protocol: "HTTPS", hostname: "web.ours.example", tls }),
    ],
    l4Routes: [
      l4Route("far", { name: "far", hostnames: ["pass.ours.example"], on: passthrough }),
      l4Route("plain", { name: "plain", hostnames: ["*.ours.example"], on: terminate }),
    ],
    routes: [
      { ...route([rule("/", "web")]), attachments: [{ listener: "default/gateway/http", hostnames: [""] }] },
    ],
    backends: [tcpBackend("plain", [plain]), tcpBackend("far", [far]), httpBackend("web", web)],
  });
  const ended = await secure(t, scene, "end.ours.example", { ALPNProtocols: ["h2", "http/1.1"] });
  assert.equal(ended.getPeerX509Certificate()?.subjectAltName, "DNS:*.ours.example");
  assert.equal(ended.alpnProtocol, false);
  const long = "y".repeat(300_000);
  assert.equal(await roundTrip(ended, long), long);
  assert.ok(plain.received.startsWith("yyy"));
  const passed = await secure(t, scene, "pass.ours.example");
  assert.equal(passed.getPeerX509Certificate()?.subjectAltName, "DNS:pass.ours.example");
  const page = await secure(t, scene, "web.ours.example");
  page.write("GET / HTTP/1.1\r\nHost: web.ours.example\r\n\r\n");
  const [answer] = (await once(page, "data")) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 200 OK[^]*web$/);
  // A request for a name that is no HTTPS listener's does not belong on this connection.
  page.write("GET / HTTP/1.1\r\nHost: end.ours.example\r\n\r\n");
  assert.match(((await once(page, "data")) as [Buffer])[0].toString(), /^HTTP\/1\.1 421 /);
});

test("half-close and reset through TLS that ends here", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.with(t, { listeners: [] });
  await scene.edit({
    certificates: [certificate("ours", ours)],
    listeners: [tlsListener(scene, "end", { tls: { certificates: ["ours"] } })],
    l4Routes: [l4Route("main", { hostnames: ["a.ours.example"], on: terminate })],
    backends: [tcpBackend("main", [backend])],
  });
  const half = { allowHalfOpen: true } as ConnectionOptions;
  const client = await secure(t, scene, "a.ours.example", half);
  const upstream = await backend.accept();
  client.end("question");
  assert.equal((await upstream.takeAll()).toString(), "question");
  upstream.send("answer");
  upstream.end();
  const [answer] = (await once(client, "data")) as [Buffer];
  assert.equal(answer.toString(), "answer");
  await once(client, "end");
  const other = await secure(t, scene, "a.ours.example", half);
  const next = await backend.accept();
  next.reset();
  const [error] = (await once(other, "error")) as [NodeJS.ErrnoException];
  assert.equal(error.code, "ECONNRESET");
});

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`a client of ${version} that says all it has, and that this is all, before an endpoint is reached`, async (t) => {
    const backend = await RawBackend.start(t);
    const scene = await Scene.with(t, { listeners: [] });
    await scene.edit({
      certificates: [certificate("ours", ours)],
      listeners: [tlsListener(scene, "end", { tls: { certificates: ["ours"] } })],
      l4Routes: [l4Route("main", { hostnames: ["a.ours.example"], on: terminate })],
      backends: [tcpBackend("main", [await unusedEndpoint(), backend])],
    });
    for (let i = 0; i < 10; i++) {
      const only = { minVersion: version, maxVersion: version } as const;
      const client = await secure(t, scene, "a.ours.example", only);
      client.end("question");
      const upstream = await backend.accept();
      assert.equal((await upstream.takeAll()).toString(), "question");
      upstream.end();
    }
  });
}

test("a connection whose listener goes has a while, though others stay on its port", async (t) => {
  const clock = new Clock(t);
  const backend = await RawBackend.start(t, ({ socket }) => void socket.pipe(socket));
  const scene = await Scene.with(t, { listeners: [] });
  const tls = { certificates: ["ours"] };
  const one = tlsListener(scene, "end", { hostname: "one.ours.example", tls });
  const two = tlsListener(scene, "two", { hostname: "two.ours.example", tls });
  const three = tlsListener(scene, "three", { hostname: "three.ours.example", tls });
  await scene.edit({
    certificates: [certificate("ours", ours)],
    listeners: [one, two, three],
    l4Routes: [one, two, three].map(({ key }, i) => l4Route("main", { name: `r${i}`, on: key })),
    backends: [tcpBackend("main", [backend])],
  });
  const clients = await Promise.all([one, two, three].map(({ hostname }) => secure(t, scene, hostname)));
  for (const client of clients) assert.equal(await roundTrip(client, "ping"), "ping");
  const gone = clients.slice(1).map((client) => new Peer(client));
  await scene.edit({
    listeners: [tlsListener(scene, "three", { protocol: "HTTPS", hostname: "three.ours.example", tls })],
    removedListeners: [two.key],
  });
  for (const client of clients) assert.equal(await roundTrip(client, "ping"), "ping");
  await clock.skip(relayDrainTimeout + 1000);
  for (const peer of gone) assert.equal(await peer.ended(), "reset");
  assert.equal(await roundTrip(clients[0]!, "ping"), "ping");
});

test("what ended here begins again towards a backend that wants TLS, and is verified", async (t) => {
  const far = await behind(t, "far.example");
  const scene = await Scene.with(t, { listeners: [] });
  const to = (key: string, serverName: string) =>
    tcpBackend(key, [far], { tls: { serverName, authorities: authority.certificate } });
  await scene.edit({
    certificates: [certificate("ours", ours)],
    listeners: [tlsListener(scene, "end", { tls: { certificates: ["ours"] } })],
    l4Routes: [
      l4Route("good", { name: "good", hostnames: ["good.ours.example"], on: terminate }),
      l4Route("wrong", { name: "wrong", hostnames: ["wrong.ours.example"], on: terminate }),
    ],
    backends: [to("good", "far.example"), to("wrong", "other.example")],
  });
  const client = await secure(t, scene, "good.ours.example");
  assert.equal(await roundTrip(client, "ping"), "ping");
  assert.deepEqual(
    far.accepted.map(({ servername, alpnProtocol }) => [servername, alpnProtocol]),
    [["far.example", false]],
  );
  const refused = await secure(t, scene, "wrong.ours.example");
  const [error] = (await once(refused, "error")) as [NodeJS.ErrnoException];
  assert.equal(error.code, "ECONNRESET");
});

test("a ClientHello in pieces of one byte, and in records of one byte, is passed on as it came", async (t) => {
  const hello = await recordedHello("slow.example.com");
  const body = hello.subarray(5);
  const records = Buffer.concat([...body].map((byte) => Buffer.from([22, 3, 1, 0, 1, byte])));
  const backend = await RawBackend.start(t);
  const scene = await Scene.with(t, { listeners: [] });
  await scene.edit({
    listeners: [tlsListener(scene, "pass")],
    l4Routes: [l4Route("main", { hostnames: ["slow.example.com"], on: passthrough })],
    backends: [tcpBackend("main", [backend])],
  });
  for (const bytes of [hello, records]) {
    const client = await scene.connect();
    await client.sendInPieces([...bytes].map((byte) => Buffer.from([byte])));
    client.send("and more");
    const upstream = await backend.accept();
    assert.deepEqual(await upstream.take(bytes.length), bytes);
    assert.equal((await upstream.take(8)).toString(), "and more");
  }
});

test("a ClientHello that never ends is cut off: by time, by size; and what is no TLS is not passed on", async (t) => {
  const clock = new Clock(t);
  const hello = await recordedHello("slow.example.com");
  const backend = await RawBackend.start(t);
  const scene = await Scene.with(t, { listeners: [] });
  await scene.edit({
    listeners: [tlsListener(scene, "pass")],
    l4Routes: [l4Route("main", { hostnames: ["slow.example.com"], on: passthrough })],
    backends: [tcpBackend("main", [backend])],
  });
  const slow = await scene.connect();
  await slow.sendInPieces([hello.subarray(0, 40)]);
  await clock.skip(handshakeTimeout + 1000);
  await slow.ended();
  const endless = await scene.connect();
  endless.send(Buffer.from([22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff]));
  assert.deepEqual([...(await endless.takeAll())], [21, 3, 1, 0, 2, 2, 50]);
  const foreign = await scene.connect();
  foreign.send("SSH-2.0-x\r\n");
  await foreign.ended();
  assert.equal(foreign.received.length, 0);
  assert.equal(backend.connections.length, 0);
});

test("a hello with a post-quantum share is larger than a packet; one with an encrypted hello goes by its outer name", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.with(t, { listeners: [] });
  await scene.edit({
    listeners: [tlsListener(scene, "pass")],
    l4Routes: [l4Route("main", { hostnames: ["outer.example.com"], on: passthrough })],
    backends: [tcpBackend("main", [backend])],
  });
  const hello = await recordedHello("outer.example.com");
  // The group X25519MLKEM768 in `supported_groups`, and its key share of 1216 bytes.
  assert.ok(hello.includes(Buffer.from([0x11, 0xec, 0x04, 0xc0])) && hello.length > 1460);
  // `encrypted_client_hello` (RFC 9849) with a payload that nobody here can read.
  const encrypted = withExtension(hello, 0xfe0d, Buffer.alloc(200, 7));
  for (const bytes of [hello, encrypted]) {
    const client = await scene.connect();
    client.send(bytes);
    const upstream = await backend.accept();
    assert.deepEqual(await upstream.take(bytes.length), bytes);
  }
});

/** A ClientHello of one record with an extension more. */
function withExtension(hello: Buffer, type: number, body: Buffer): Buffer {
  const extension = Buffer.alloc(4 + body.length);
  extension.writeUInt16BE(type, 0);
  extension.writeUInt16BE(body.length, 2);
  body.copy(extension, 4);
  const whole = Buffer.concat([hello, extension]);
  // Record header, message header, version and random, then three lists of which each says its length.
  let at = 5 + 4 + 34;
  at += 1 + whole.readUInt8(at);
  at += 2 + whole.readUInt16BE(at);
  at += 1 + whole.readUInt8(at);
  whole.writeUInt16BE(whole.readUInt16BE(at) + extension.length, at);
  whole.writeUIntBE(whole.readUIntBE(6, 3) + extension.length, 6, 3);
  whole.writeUInt16BE(whole.readUInt16BE(3) + extension.length, 3);
  return whole;
}

test("an endpoint that does not come to terms in time is passed over", async (t) => {
  const clock = new Clock(t);
  const silent = await RawBackend.start(t);
  const far = await behind(t, "far.example");
  const scene = await Scene.with(t, { listeners: [] });
  const tls = { serverName: "far.example", authorities: authority.certificate };
  await scene.edit({
    listeners: [tcpListener(scene)],
    l4Routes: [l4Route("main")],
    backends: [tcpBackend("main", [silent, far], { tls })],
  });
  // By turns: one of the two begins with the endpoint that says nothing.
  const clients = [await scene.connect(), await scene.connect()];
  for (const client of clients) client.send("ping");
  const answers = clients.map((client) => client.take(4));
  await silent.accept();
  // The clock is not to overtake the other one's handshake.
  await Promise.any(answers);
  await clock.skip(connectTimeout + 1000);
  for (const answer of await Promise.all(answers)) assert.equal(answer.toString(), "ping");
});

/** The first flight of a real client. */
async function recordedHello(servername: string): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = connect({ host: "127.0.0.1", port, servername });
  socket.on("error", () => undefined);
  const [accepted] = (await once(server, "connection")) as [Socket];
  const [bytes] = (await once(accepted, "data")) as [Buffer];
  socket.destroy();
  accepted.destroy();
  server.close();
  return bytes;
}
