import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { Transport } from "./transport.ts";

const deaf = {
  onBytes: () => undefined,
  onEnd: () => undefined,
  onDrain: () => undefined,
  onClose: () => undefined,
};

test("a peer that reads slowly is not stalled, one that has stopped is", async (t) => {
  const server = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const connected = Promise.withResolvers<void>();
  const transport = Transport.connect(
    { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
    deaf,
    connected.resolve,
  );
  t.after(() => transport.destroy());
  const [[peer]] = (await Promise.all([once(server, "connection"), connected.promise])) as [[Socket], void];
  t.after(() => peer.destroy());
  // More than two kernel buffers hold.
  transport.writeOwned(Buffer.alloc(64 * 1024 * 1024));
  await new Promise(setImmediate);
  transport.watchProgress();
  assert.equal(transport.stalled, true);
  // Some of it is read: far from all.
  let read = 0;
  peer.on("data", (chunk: Buffer) => {
    read += chunk.length;
    if (read > 16 * 1024 * 1024) peer.pause();
  });
  peer.resume();
  while (read <= 16 * 1024 * 1024) await new Promise(setImmediate);
  assert.ok(transport.backlog > 0);
  assert.equal(transport.stalled, false);
});

test("a bug when a connection stands or ends costs that connection", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const closed = Promise.withResolvers<void>();
  const bug = () => {
    throw new Error("thrown for a test");
  };
  const onClose = () => {
    closed.resolve();
    bug();
  };
  const { port } = server.address() as AddressInfo;
  Transport.connect({ host: "127.0.0.1", port }, { ...deaf, onClose }, bug);
  await closed.promise;
});
