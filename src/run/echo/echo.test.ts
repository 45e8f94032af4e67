import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { Client, credentials } from "@grpc/grpc-js";
import { connect as connectHttp2 } from "node:http2";
import { request, type IncomingMessage, type RequestOptions } from "node:http";
import { connect, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import type { HostPort } from "../host-port.ts";
import { EchoServers } from "./echo-servers.ts";

const part = { namespace: "shop", service: "api", port: 80 };

async function openEcho(context: TestContext): Promise<HostPort> {
  const servers = new EchoServers();
  context.after(() => servers.abort());
  return await servers.open(part);
}

async function send(
  { host, port }: HostPort,
  options: RequestOptions,
  body = "",
): Promise<{ answer: IncomingMessage; text: string }> {
  const call = request({ host, port, ...options });
  call.end(body);
  const [answer] = (await once(call, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of answer.setEncoding("utf8")) text += chunk as string;
  return { answer, text };
}

test("the answer is the request", async (context) => {
  const target = await openEcho(context);
  const headers = [
    "Host",
    "shop.example.com",
    "X-Many",
    "1",
    "x-many",
    "2",
    "__proto__",
    "x",
    "Content-Length",
    "5",
  ];
  const { answer, text } = await send(
    target,
    { method: "POST", path: "/a?b=c", headers, agent: false },
    "hello",
  );
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers["content-type"], "application/json");
  const { headers: received, ...rest } = JSON.parse(text) as { headers: Record<string, string[]> };
  assert.deepEqual(rest, {
    path: "/a?b=c",
    host: "shop.example.com",
    method: "POST",
    proto: "HTTP/1.1",
    namespace: "shop",
    ingress: "",
    service: "api",
    pod: "api-echo",
  });
  assert.deepEqual(received["X-Many"], ["1", "2"]);
  assert.deepEqual(Object.getOwnPropertyDescriptor(received, "__proto__")?.value, ["x"]);
  assert.equal(received.Host, undefined);
});

test("a large body is consumed, and the connection goes on", async (context) => {
  const { host, port } = await openEcho(context);
  const socket = connect(port, host);
  context.after(() => socket.destroy());
  const size = 4 * 1024 * 1024;
  socket.write(`POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  socket.write(Buffer.alloc(size));
  socket.write("GET /second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const text = (await readAll(socket)).toString();
  assert.match(text, /"path": "\/first"[^]*"path": "\/second"/);
});

test("an offer of h2c is declined", async (context) => {
  const target = await openEcho(context);
  const headers = { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAMAAABk" };
  assert.equal((await send(target, { headers, agent: false })).answer.statusCode, 200);
});

test("a Service keeps its server, and one that is not needed is handed back", async (context) => {
  const servers = new EchoServers();
  context.after(() => servers.abort());
  const first = await servers.open(part);
  assert.deepEqual(await servers.open(part), first);
  const other = await servers.open({ ...part, port: 81 });
  assert.notDeepEqual(other, first);
  const released = servers.release([part]);
  assert.equal(released.length, 1);
  // It serves until it is closed: proxies may still know it.
  assert.equal((await send(other, { agent: false })).answer.statusCode, 200);
  for (const server of released) server.close();
  const [error] = (await once(connect(other.port, other.host), "error")) as [NodeJS.ErrnoException];
  assert.equal(error.code, "ECONNREFUSED");
});

test("what does not begin as HTTP comes back, to the last byte, also after the client has ended", async (context) => {
  const { host, port } = await openEcho(context);
  const long = Buffer.alloc(3 * 1024 * 1024, "raw bytes ");
  const openings = ["P", "PO", "POSTER\r\n", "hello world\n", "GETTING HTTP/1.1", "\x16\x03\x01", "PRINT"];
  for (const opening of [...openings.map((text) => Buffer.from(text, "latin1")), long]) {
    const socket = connect(port, host);
    context.after(() => socket.destroy());
    socket.end(opening);
    assert.ok((await readAll(socket)).equals(opening), opening.toString("latin1", 0, 20));
  }
});

test("bytes that come one by one are answered as they come, or as a request", async (context) => {
  const { host, port } = await openEcho(context);
  const raw = connect(port, host).setNoDelay(true);
  context.after(() => raw.destroy());
  const seen: Buffer[] = [];
  raw.on("data", (chunk: Buffer) => seen.push(chunk));
  for (const byte of "PONG") {
    raw.write(byte);
    await new Promise(setImmediate);
  }
  while (Buffer.concat(seen).length < 4) await once(raw, "data");
  assert.equal(Buffer.concat(seen).toString(), "PONG");
  const asking = connect(port, host).setNoDelay(true);
  context.after(() => asking.destroy());
  for (const byte of "GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") {
    asking.write(byte);
    await new Promise(setImmediate);
  }
  assert.match((await readAll(asking)).toString(), /^HTTP\/1\.1 200 [^]*"path": "\/slow"/);
});

test("a method that nobody knows is refused as HTTP", async (context) => {
  const { host, port } = await openEcho(context);
  const socket = connect(port, host);
  context.after(() => socket.destroy());
  socket.write("BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.match((await readAll(socket)).toString(), /^HTTP\/1\.1 400 /);
});

test("datagrams come back, each to its sender", async (context) => {
  const servers = new EchoServers();
  context.after(() => servers.abort());
  const { host, port } = await servers.open({ ...part, protocol: "UDP" });
  for (const text of ["one", "", "x".repeat(9000)]) {
    const socket = createSocket("udp4");
    context.after(() => socket.close());
    socket.send(text, port, host);
    const [datagram] = (await once(socket, "message")) as [Buffer];
    assert.equal(datagram.toString(), text);
  }
  // The port of TCP with the same number is another one.
  assert.equal((await send(await servers.open(part), { agent: false })).answer.statusCode, 200);
  const released = servers.release([part]);
  assert.equal(released.length, 1);
  for (const server of released) server.close();
});

async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The handshake of RFC 6455 §1.3, with its sample key. */
async function upgrade(context: TestContext): Promise<Socket> {
  const { host, port } = await openEcho(context);
  const socket = connect(port, host);
  context.after(() => socket.destroy());
  socket.write(
    "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  const [head] = (await once(socket, "data")) as [Buffer];
  assert.match(
    head.toString(),
    /^HTTP\/1.1 101 .*\r\n[^]*Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/,
  );
  return socket;
}

function frame(first: number, payload: Buffer): Buffer {
  const mask = Buffer.from([1, 2, 3, 4]);
  const masked = payload.map((byte, index) => byte ^ mask[index % 4]!);
  const size = payload.length;
  const length =
    size < 126
      ? Buffer.from([0x80 | size])
      : size < 65_536
        ? Buffer.from([0x80 | 126, size >> 8, size & 0xff])
        : Buffer.concat([Buffer.from([0x80 | 127]), bigEndian(size)]);
  return Buffer.concat([Buffer.from([first]), length, mask, masked]);
}

function bigEndian(size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(size));
  return bytes;
}

test("a WebSocket gets its frames back, however they are cut", async (context) => {
  const socket = await upgrade(context);
  const long = Buffer.alloc(300, "a");
  const huge = Buffer.alloc(70_000, "b");
  const sent = Buffer.concat([
    frame(0x01, Buffer.from("Hel")),
    frame(0x80, Buffer.from("lo")),
    frame(0x82, long),
    frame(0x82, huge),
    frame(0x89, Buffer.from("ping")),
    frame(0x8a, Buffer.from("unasked")),
    frame(0x88, Buffer.from([3, 232])),
  ]);
  for (let index = 0; index < 200; index += 1) socket.write(sent.subarray(index, index + 1));
  socket.write(sent.subarray(200));
  const expected = Buffer.concat([
    Buffer.from([0x01, 3]),
    Buffer.from("Hel"),
    Buffer.from([0x80, 2]),
    Buffer.from("lo"),
    Buffer.from([0x82, 126, 1, 44]),
    long,
    Buffer.from([0x82, 127]),
    bigEndian(70_000),
    huge,
    Buffer.from([0x8a, 4]),
    Buffer.from("ping"),
    Buffer.from([0x88, 2, 3, 232]),
  ]);
  assert.ok((await readAll(socket)).equals(expected));
});

test("an unmasked frame is a protocol error, and a monstrous one too big", async (context) => {
  const unmasked = await upgrade(context);
  unmasked.write(Buffer.from([0x81, 1, 65]));
  assert.deepEqual(await readAll(unmasked), Buffer.from([0x88, 2, 1002 >> 8, 1002 & 0xff]));
  const monstrous = await upgrade(context);
  monstrous.write(
    Buffer.concat([Buffer.from([0x82, 0x80 | 127]), bigEndian(2 ** 40), Buffer.from([1, 2, 3, 4])]),
  );
  assert.deepEqual(await readAll(monstrous), Buffer.from([0x88, 2, 1009 >> 8, 1009 & 0xff]));
});

test("HTTP/2 by prior knowledge gets the same answer", async (context) => {
  const { host, port } = await openEcho(context);
  const session = connectHttp2(`http://${host}:${port}`);
  context.after(() => session.destroy());
  const stream = session.request({ ":path": "/a?b=c", ":authority": "shop.example.com", "x-one": "1" });
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += chunk as string;
  const { headers, ...rest } = JSON.parse(text) as { headers: Record<string, string[]> };
  assert.deepEqual(headers, { "x-one": ["1"] });
  assert.deepEqual(rest, {
    path: "/a?b=c",
    host: "shop.example.com",
    method: "GET",
    proto: "HTTP/2.0",
    namespace: "shop",
    ingress: "",
    service: "api",
    pod: "api-echo",
  });
});

test("a call of gRPC gets its messages back, of whatever type", async (context) => {
  const { host, port } = await openEcho(context);
  const client = new Client(`${host}:${port}`, credentials.createInsecure());
  context.after(() => client.close());
  const same = (bytes: Buffer): Buffer => bytes;
  const call = client.makeBidiStreamRequest("/any.Service/Method", same, same);
  const answers = call[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (const message of ["one", "two"]) {
    call.write(Buffer.from(message));
    assert.equal(String((await answers.next()).value), message);
  }
  call.end();
  assert.equal((await answers.next()).done, true);
});
