// A server, or what stands before it, accepts a connection and never says anything.
// kubernetes-client/javascript #2432; kubernetes/kubernetes #65012
import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { connectTo } from "../../src/kube/connect.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { Followed } from "./follow.ts";
import { ApiServer, isWatch } from "./server.ts";

const widgets = { group: "example.test", version: "v1", plural: "widgets", name: "a" };

/** Accepts connections and does with them what it is told, which may be nothing. */
async function silentServer(t: TestContext, act: (socket: Socket) => void): Promise<{ port: number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    act(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return server.address() as { port: number };
}

test("a request that is not answered ends", async (t) => {
  const { port } = await silentServer(t, () => undefined);
  const client = new KubeClient(connectTo({ server: `http://127.0.0.1:${port}` }), { head: 30, tries: 1 });
  t.after(() => client.close());
  await assert.rejects(client.get(widgets), {
    reason: "TimedOut",
    message: `No answer from http://127.0.0.1:${port} within 0.03 s`,
  });
});

test("a TLS handshake that is not answered ends", async (t) => {
  const { port } = await silentServer(t, () => undefined);
  const client = new KubeClient(connectTo({ server: `https://127.0.0.1:${port}` }), {
    connect: 30,
    tries: 1,
  });
  t.after(() => client.close());
  await assert.rejects(client.get(widgets), {
    reason: "TimedOut",
    message: `No connection from https://127.0.0.1:${port} within 0.03 s`,
  });
});

test("an answer that stops half-way ends", async (t) => {
  const { port } = await silentServer(t, (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{");
  });
  const client = new KubeClient(connectTo({ server: `http://127.0.0.1:${port}` }), { whole: 40, tries: 1 });
  t.after(() => client.close());
  await assert.rejects(client.get(widgets), { reason: "TimedOut" });
});

test("a server that stops reading: a request whose body does not get through ends", async (t) => {
  const { port } = await silentServer(t, (socket) => void socket.pause());
  const client = new KubeClient(connectTo({ server: `http://127.0.0.1:${port}` }), { head: 60, tries: 1 });
  t.after(() => client.close());
  const large = { data: "x".repeat(20_000_000) };
  await assert.rejects(client.create(widgets, large), { reason: "TimedOut" });
});

test("a list-watch whose watch is not answered tries again", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  server.intercept(isWatch, () => undefined, 2);
  const followed = new Followed(t, server, { requestLimits: { head: 30 } });
  await followed.until(() => followed.objects.size === 1);
  assert.equal(server.count(isWatch), 3);
  await server.until(() => server.sockets.size <= 2);
});
