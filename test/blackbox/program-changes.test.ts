import assert from "node:assert/strict";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { field } from "./kit/message.ts";
import { backend as backendOf, listener, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

function answer(text: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
}

function send(agent: Agent, scene: Scene, method: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(scene.origin, { agent, method }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode!));
    });
    request.on("error", reject).end(method === "POST" ? "body" : undefined);
  });
}

test("endpoints and routes that change under load cost no request", async (t) => {
  const backends = await Promise.all(["a", "b", "c"].map((name) => RawBackend.answering(t, answer(name))));
  const scene = await Scene.start(t, ...backends);
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  t.after(() => agent.destroy());
  let changing = true;
  const statuses = new Map<number, number>();
  const load = Array.from({ length: 20 }, async (_, index) => {
    while (changing) {
      const status = await send(agent, scene, index % 2 === 0 ? "GET" : "POST");
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  });
  for (let round = 0; round < 300; round++) {
    const [one, two] = [backends[round % 3]!, backends[(round + 1) % 3]!];
    const name = round % 2 === 0 ? "other" : "main";
    // New route and new backend come in one change; what they replace goes with it.
    await scene.edit({
      backends: [backendOf(name, one, ...(round % 5 === 0 ? [] : [two]))],
      routes: [route([rule("/", name)])],
      removedBackends: [name === "main" ? "other" : "main"],
    });
    await new Promise(setImmediate);
    await new Promise(setImmediate);
  }
  changing = false;
  await Promise.all(load);
  assert.deepEqual([...statuses.keys()], [200]);
  assert.ok(statuses.get(200)! > 300, "there was load");
});

test("an exchange ends on the endpoint where it began, also when that is gone from the program", async (t) => {
  const [old, young] = [await RawBackend.start(t), await RawBackend.answering(t, answer("young"))];
  const scene = await Scene.start(t, old);
  const client = await scene.connect();
  client.send(get);
  const upstream = await old.accept();
  await upstream.readRequest();
  await scene.edit({ backends: [backendOf("main", young)] });
  upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nol");
  await client.takeUntil("\r\n\r\nol");
  upstream.send("d !!");
  assert.equal((await client.take(4)).toString(), "d !!");
  await upstream.ended();
  client.send(get);
  assert.equal((await client.readResponse()).body.toString(), "young");
});

test("connections that wait for an endpoint are closed when it is gone, shared ones stay", async (t) => {
  const backend = await RawBackend.answering(t, answer("ok"));
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "one")])],
    backends: [backendOf("one", backend), backendOf("two", backend)],
  });
  const client = await scene.connect();
  client.send(get);
  await client.readResponse();
  await scene.edit({ backends: [backendOf("one")] });
  await scene.edit({ routes: [route([rule("/", "two")])] });
  client.send(get);
  await client.readResponse();
  assert.equal(backend.connections.length, 1);
  await scene.edit({ removedBackends: ["two"] });
  await backend.connections[0]!.ended();
});

test("a listener that is removed stops accepting, closes what is idle, and finishes what is not", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const [idle, busy] = [await scene.connect(), await scene.connect()];
  idle.send("GET /missing HTTP/1.1\r\nHost: a\r\n\r\n");
  await (await backend.accept()).readRequest();
  backend.connections[0]!.send(answer("first"));
  await idle.readResponse();
  busy.send(get);
  const upstream = backend.connections[0]!;
  await upstream.readRequest();
  await scene.edit({ removedListeners: ["default/gateway/http"] });
  assert.equal(await idle.ended(), "end");
  const refused = connect({ host: scene.address, port: scene.port });
  const error = await new Promise<NodeJS.ErrnoException>((resolve) => refused.once("error", resolve));
  assert.equal(error.code, "ECONNREFUSED");
  upstream.send(answer("last"));
  const response = await busy.readResponse();
  assert.equal(response.body.toString(), "last");
  assert.equal(field(response, "connection"), "close");
  assert.equal(await busy.ended(), "end");
});

test("a listener comes back on the same port", async (t) => {
  const backend = await RawBackend.answering(t, answer("ok"));
  const scene = await Scene.start(t, backend);
  for (let round = 0; round < 5; round++) {
    await scene.edit({ removedListeners: ["default/gateway/http"] });
    await scene.edit({ listeners: [listener(scene.address, scene.port)] });
    const client = await scene.connect();
    client.send(get);
    assert.equal((await client.readResponse()).status, 200);
    client.end();
  }
});

test("a listener that is removed before its socket stands leaves no socket behind", async (t) => {
  const backend = await RawBackend.answering(t, answer("ok"));
  const scene = await Scene.start(t, backend);
  const again = { listeners: [listener(scene.address, scene.port)] };
  await scene.edit({ removedListeners: ["default/gateway/http"] });
  await Promise.all([
    scene.edit(again),
    scene.edit({ removedListeners: ["default/gateway/http"] }),
    scene.edit(again),
    scene.edit({ removedListeners: ["default/gateway/http"] }),
  ]);
  const refused = connect({ host: scene.address, port: scene.port });
  const error = await new Promise<NodeJS.ErrnoException>((resolve, reject) => {
    refused.once("error", resolve);
    refused.once("connect", () => reject(new Error("somebody still listens")));
  });
  assert.equal(error.code, "ECONNREFUSED");
});

test("a listener that another takes the place of on its port keeps its connections", async (t) => {
  const backend = await RawBackend.answering(t, answer("ok"));
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(get);
  await client.readResponse();
  const renamed = "default/gateway/renamed";
  await scene.edit({
    removedListeners: ["default/gateway/http"],
    listeners: [listener(scene.address, scene.port, { key: renamed })],
    routes: [{ ...route([rule("/", "main")]), attachments: [{ listener: renamed, hostnames: [""] }] }],
  });
  client.send(get);
  assert.equal((await client.readResponse()).status, 200);
});

test("an address that is taken is told, and does not keep others from being served", async (t) => {
  const backend = await RawBackend.answering(t, answer("ok"));
  const scene = await Scene.start(t, backend);
  const failures = await scene.edit({
    listeners: [listener("127.0.0.1", backend.port, { key: "default/gateway/taken" })],
  });
  assert.deepEqual(
    failures.map(({ listener: key, code }) => ({ key, code })),
    [{ key: "default/gateway/taken", code: "EADDRINUSE" }],
  );
  const client = await scene.connect();
  client.send(get);
  assert.equal((await client.readResponse()).status, 200);
});

test("nothing is sent again to an endpoint whose backend has meanwhile been told to speak TLS", async (t) => {
  const backend: RawBackend = await RawBackend.start(t, async (peer) => {
    if (peer === backend.connections[0]) return;
    await peer.take(1);
    peer.reset();
  });
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(get);
  const reused = await backend.accept();
  await reused.readRequest();
  reused.send(answer("plain"));
  await client.readResponse();
  client.send("GET /secret HTTP/1.1\r\nHost: a\r\n\r\n");
  await reused.readRequest();
  await scene.edit({
    backends: [{ ...backendOf("main", backend), tls: { serverName: "a.example.com", authorities: "" } }],
  });
  // Without an answer: the request would be sent again.
  reused.end();
  assert.equal((await client.readResponse()).status, 502);
  assert.equal(backend.connections[1]!.received[0], 22, "a TLS handshake");
  assert.equal(backend.received.split("/secret").length, 2);
});
