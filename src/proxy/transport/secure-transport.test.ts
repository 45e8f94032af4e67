import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test, type TestContext } from "node:test";
import type { TLSSocket } from "node:tls";
import { certificate, makeAuthority, makeLeaf } from "../../../test/blackbox/kit/certificates.ts";
import { roundTrip, secure, SecureListener } from "../../../test/blackbox/kit/secure-listener.ts";
import { readBufferBytes } from "../limits.ts";
import { Transport } from "./transport.ts";

const authority = makeAuthority();
const pair = makeLeaf(authority, { names: ["a.example.com"] });

/** Both ends of a connection, after one round trip. */
async function connect(
  t: TestContext,
): Promise<{ client: TLSSocket; served: SecureListener["served"][number] }> {
  const listener = await SecureListener.start(t, {
    certificates: [certificate("c", pair)],
    listeners: [secure("", { certificates: ["c"] })],
  });
  const client = await listener.connect(authority.certificate, { servername: "a.example.com" });
  client.on("error", () => undefined);
  await roundTrip(client);
  // What a write leaves behind has left after the turn in which it was made.
  await new Promise(setImmediate);
  return { client, served: listener.served[0]! };
}

/** Resolves to how the connection ended for the client. */
function ending(client: TLSSocket): Promise<string> {
  return new Promise((resolve) => {
    client.once("end", () => resolve("end"));
    client.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
  });
}

test("reset: the client sees that it was cut off", async (t) => {
  const { client, served } = await connect(t);
  const ended = ending(client);
  served.transport.reset();
  assert.equal(await ended, "ECONNRESET");
  await served.closed;
});

test("destroy and drop with nothing on its way: the client sees the end", async (t) => {
  for (const close of ["destroy", "drop"] as const) {
    const { client, served } = await connect(t);
    client.resume();
    const ended = ending(client);
    assert.notEqual(served.transport[close](), true);
    assert.equal(await ended, "end");
    await served.closed;
  }
});

test("drop with something on its way is a reset", async (t) => {
  const { client, served } = await connect(t);
  client.pause();
  served.transport.writeOwned(Buffer.alloc(64 * 1024 * 1024));
  await new Promise(setImmediate);
  const ended = ending(client);
  assert.equal(served.transport.drop(), true);
  client.resume();
  assert.equal(await ended, "ECONNRESET");
  await served.closed;
});

test("a reset while FIN waits behind what the client does not read closes all the same", async (t) => {
  const { client, served } = await connect(t);
  client.pause();
  served.transport.writeOwned(Buffer.alloc(16 * 1024 * 1024));
  served.transport.end();
  await new Promise(setImmediate);
  served.transport.reset();
  await served.closed;
});

for (const turns of [0, 1]) {
  test(`a reset ${turns === 0 ? "in the same turn as" : "in the turn after"} FIN closes all the same`, async (t) => {
    const { served } = await connect(t);
    served.transport.end();
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    served.transport.reset();
    await served.closed;
  });
}

test("a client that disappears is heard of", async (t) => {
  const { client, served } = await connect(t);
  const { _handle } = client as unknown as { _handle: { _parent: { reset(done: () => void): void } } };
  _handle._parent.reset(() => undefined);
  await served.closed;
  assert.match(String(served.error), /ECONNRESET/);
});

test("a client that reads slowly is not stalled, one that has stopped is", async (t) => {
  const { client, served } = await connect(t);
  const { transport } = served;
  let read = 0;
  client.removeAllListeners("data");
  client.pause();
  transport.writeOwned(Buffer.alloc(64 * 1024 * 1024));
  assert.equal(transport.congested, true);
  // Until the kernel takes no more.
  do {
    transport.watchProgress();
    await new Promise(setImmediate);
    await new Promise(setImmediate);
  } while (!transport.stalled);
  client.on("data", (chunk: Buffer) => {
    read += chunk.length;
    if (read > 16 * 1024 * 1024) client.pause();
  });
  client.resume();
  while (read <= 16 * 1024 * 1024) await new Promise(setImmediate);
  assert.ok(transport.backlog > 0);
  assert.equal(transport.stalled, false);
});

/** Passes on what one connection says to another one, as proxies do. */
function forward(from: Transport, to: Transport, bulk: "bulk" | "shared"): void {
  from.owner = {
    onBytes: (buffer, length) => {
      to.writeBytes(buffer, 0, length, from);
      if (bulk === "bulk" && length === readBufferBytes) from.beginBulk();
      if (to.congested) from.pause();
    },
    onEnd: () => to.end(),
    onDrain: () => undefined,
    onClose: () => undefined,
  };
  to.owner = {
    ...from.owner,
    onBytes: () => undefined,
    onEnd: () => undefined,
    onDrain: () => from.resume(),
  };
  from.resume();
}

const size = 24 * 1024 * 1024;

/** What comes until the end. */
async function digest(socket: NodeJS.ReadableStream): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of socket) hash.update(chunk);
  return hash.digest("hex");
}

for (const bulk of ["bulk", "shared"] as const) {
  test(`bytes pass from TCP to TLS and from TLS to TCP unharmed, ${bulk} buffers`, async (t) => {
    const bytes = randomBytes(size);
    const wanted = createHash("sha256").update(bytes).digest("hex");
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    t.after(() => server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    for (const direction of ["download", "upload"] as const) {
      const { client, served } = await connect(t);
      client.removeAllListeners("data");
      const opened = Promise.withResolvers<void>();
      const accepted = once(server, "connection");
      const upstream = Transport.connect({ host: "127.0.0.1", port }, served.transport.owner, opened.resolve);
      const [peer] = await accepted;
      await opened.promise;
      t.after(() => upstream.destroy());
      const source = direction === "download" ? peer : client;
      const sink = direction === "download" ? client : peer;
      if (direction === "download") forward(upstream, served.transport, bulk);
      else forward(served.transport, upstream, bulk);
      const came = digest(sink);
      source.end(bytes);
      assert.equal(await came, wanted, direction);
      source.destroy();
      sink.destroy();
    }
  });
}

test("a pause holds the client up", async (t) => {
  const { client, served } = await connect(t);
  const { transport } = served;
  let came = 0;
  transport.owner = {
    ...transport.owner,
    onBytes: (_, length) => (came += length),
    onEnd: () => undefined,
    onDrain: () => undefined,
    onClose: () => undefined,
  };
  transport.pause();
  client.write(Buffer.alloc(64 * 1024 * 1024));
  const before = () => client.writableLength > 0;
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
  assert.ok(before());
  assert.ok(came <= 2 * readBufferBytes, `${came}`);
  transport.resume();
  while (came < 64 * 1024 * 1024) await new Promise(setImmediate);
});
