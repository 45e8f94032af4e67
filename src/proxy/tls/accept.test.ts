import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { certificate, makeAuthority, makeLeaf } from "../../../test/blackbox/kit/certificates.ts";
import { Clock } from "../../../test/blackbox/kit/clock.ts";
import { roundTrip, secure, SecureListener } from "../../../test/blackbox/kit/secure-listener.ts";
import { handshakeTimeout, lingerTimeout } from "../limits.ts";
import { Alert, alertRecord } from "./alert.ts";

const authority = makeAuthority();
const pair = makeLeaf(authority, { names: ["a.example.com"] });

function start(t: TestContext): Promise<SecureListener> {
  return SecureListener.start(t, {
    certificates: [certificate("c", pair)],
    listeners: [secure("a.example.com", { certificates: ["c"] })],
  });
}

function connect(listener: SecureListener, options: ConnectionOptions = {}) {
  return listener.connect(authority.certificate, { servername: "a.example.com", ...options });
}

for (const [offered, protocol] of [
  [["h2", "http/1.1"], "h2"],
  [["http/1.1", "h2"], "h2"],
  [["http/1.1"], "http/1.1"],
  [["spdy/3", "http/1.1"], "http/1.1"],
  [[], "http/1.1"],
] as const) {
  test(`a client that offers ${offered.join() || "nothing"} speaks ${protocol}`, async (t) => {
    const listener = await start(t);
    const socket = await connect(listener, { ALPNProtocols: [...offered] });
    assert.equal(await roundTrip(socket), "ping");
    assert.deepEqual(listener.sessions, [
      { serverName: "a.example.com", protocol, clientCertificate: "none" },
    ]);
    assert.equal(socket.alpnProtocol, offered.length === 0 ? false : protocol);
  });
}

for (const [what, options, code] of [
  [
    "offers only protocols that are not spoken here",
    { ALPNProtocols: ["spdy/3"] },
    /NO_APPLICATION_PROTOCOL/,
  ],
  [
    "speaks nothing newer than TLS 1.1",
    { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" },
    /VERSION/,
  ],
  [
    "knows no suite with forward secrecy",
    { maxVersion: "TLSv1.2", ciphers: "AES128-GCM-SHA256" },
    /HANDSHAKE_FAILURE/,
  ],
  [
    "knows no suite with authenticated encryption",
    { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA256" },
    /HANDSHAKE_FAILURE/,
  ],
  ["names a server that is not here", { servername: "b.example.com" }, /UNRECOGNIZED_NAME/],
  ["names no server", { servername: "" }, /UNRECOGNIZED_NAME/],
] as const) {
  test(`refused with an alert: a client that ${what}`, async (t) => {
    const listener = await start(t);
    await assert.rejects(connect(listener, options), (error: NodeJS.ErrnoException) => {
      assert.match(String(error.code), code);
      return true;
    });
    assert.equal(listener.sessions.length, 0);
  });
}

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`a connection serves and ends in both directions: ${version}`, async (t) => {
    const listener = await start(t);
    const socket = await connect(listener, { minVersion: version, maxVersion: version });
    assert.equal(socket.getProtocol(), version);
    assert.equal(await roundTrip(socket, "x".repeat(300_000)), "x".repeat(300_000));
    // close_notify in one direction: the other one still works.
    socket.end("last words");
    const [bytes] = (await once(socket, "data")) as [Buffer];
    assert.equal(bytes.toString(), "last words");
    await once(socket, "end");
    await listener.served[0]!.closed;
    assert.equal(listener.served[0]!.error, undefined);
  });
}

test("a client may not renegotiate", async (t) => {
  const listener = await start(t);
  const socket = await connect(listener, { maxVersion: "TLSv1.2" });
  assert.equal(await roundTrip(socket), "ping");
  await assert.rejects(
    new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.renegotiate({}, (error) => (error === null ? resolve(undefined) : reject(error)));
    }),
  );
  assert.equal(listener.sessions.length, 1);
});

test("HTTP without TLS is told so", async (t) => {
  const listener = await start(t);
  const peer = await listener.raw();
  peer.send("GET / HTTP/1.1\r\nHost: a.example.com\r\n\r\n");
  const response = await peer.readResponse();
  assert.equal(response.status, 400);
  assert.equal(await peer.ended(), "end");
});

test("garbage ends the connection without an answer", async (t) => {
  const listener = await start(t);
  const peer = await listener.raw();
  peer.send(Buffer.from([0, 1, 2, 3]));
  await peer.ended();
  assert.equal(peer.received.length, 0);
});

test("a name of a listener that is not here is refused before any certificate is shown", async (t) => {
  const listener = await start(t);
  const peer = await listener.raw();
  // A ClientHello for TLS 1.2 that is as short as can be, with the name b.example.
  const name = Buffer.from("b.example");
  const names = Buffer.concat([
    Buffer.from([0, 0, 0, name.length + 5, 0, name.length + 3, 0, 0, name.length]),
    name,
  ]);
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32),
    Buffer.from([0, 0, 2, 0xc0, 0x2b, 1, 0, 0, names.length]),
    names,
  ]);
  peer.send(Buffer.concat([Buffer.from([22, 3, 1, 0, body.length + 4, 1, 0, 0, body.length]), body]));
  assert.deepEqual(await peer.takeAll(), alertRecord(Alert.unrecognizedName));
});

for (const [what, bytes] of [
  ["says nothing", []],
  ["stops in its first message", [22, 3, 1, 2, 0, 1, 0, 1]],
] as const) {
  test(`a client that ${what} is closed when its time is over`, async (t) => {
    const clock = new Clock(t);
    const listener = await start(t);
    const peer = await listener.raw();
    peer.send(Buffer.from(bytes));
    await connect(listener);
    await clock.skip(handshakeTimeout - 1000);
    assert.equal(peer.ending, undefined);
    await clock.skip(1000);
    await peer.ended();
  });

  test(`a client that ${what} may leave`, async (t) => {
    const listener = await start(t);
    const peer = await listener.raw();
    peer.send(Buffer.from(bytes));
    peer.end();
    await peer.ended();
    assert.equal(listener.sessions.length, 0);
  });
}

test("a client that stops in the middle of the handshake is closed when its time is over", async (t) => {
  const clock = new Clock(t);
  const listener = await start(t);
  const client = await connect(listener);
  const hello = await makeHello();
  const peer = await listener.raw();
  peer.send(hello);
  // The server has answered, and nothing follows.
  await peer.take(5);
  await clock.skip(handshakeTimeout);
  await peer.ended();
  assert.equal(listener.sessions.length, 1);
  assert.equal(await roundTrip(client), "ping");
});

test("garbage in the middle of the handshake ends it", async (t) => {
  const listener = await start(t);
  const peer = await listener.raw();
  peer.send(await makeHello());
  await peer.take(5);
  peer.send(Buffer.from([23, 3, 3, 0, 32, ...Buffer.alloc(32)]));
  await peer.ended();
  assert.equal(listener.sessions.length, 0);
});

test("what a refused client still sends does not keep the connection", async (t) => {
  const clock = new Clock(t);
  const listener = await start(t);
  const peer = await listener.raw();
  peer.send("GET / HTTP/1.1\r\n\r\n");
  await peer.readResponse();
  await clock.skip(lingerTimeout);
  // The first byte is answered with a reset, a later one finds it. Many more would be too many for another reason.
  for (let sent = 0; sent < 1000 && !peer.socket.destroyed; sent++) {
    peer.send("more");
    await new Promise(setImmediate);
  }
  assert.ok(peer.socket.destroyed);
});

test("bytes that do not decrypt end the connection", async (t) => {
  const listener = await start(t);
  const below = connectTcp(listener.port, "127.0.0.1");
  t.after(() => below.destroy());
  const socket = await connect(listener, { socket: below });
  assert.equal(await roundTrip(socket), "ping");
  socket.on("error", () => undefined);
  below.write(Buffer.from([23, 3, 3, 0, 32, ...Buffer.alloc(32)]));
  await listener.served[0]!.closed;
  assert.match(String(listener.served[0]!.error), /bad record mac|decryption failed/i);
});

/** What a client sends first, as bytes. */
async function makeHello(): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = connectTls({ host: "127.0.0.1", port, servername: "a.example.com" });
  client.on("error", () => undefined);
  const [socket] = (await once(server, "connection")) as [Socket];
  const [bytes] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  client.destroy();
  server.close();
  return bytes;
}
