import assert from "node:assert/strict";
import { test } from "node:test";
import type { Filter } from "../../src/program/program.ts";
import { field } from "./kit/message.ts";
import { copyTo, mirrored, ok, startMirrored } from "./kit/mirrored.ts";
import type { Peer } from "./kit/peer.ts";
import { backend as backendOf, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

for (const [what, request] of [
  ["without a body", "GET /p?q=1 HTTP/1.1\r\nHost: a.example\r\nX-A: 1\r\n\r\n"],
  ["with a length", "POST /p HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello"],
  [
    "in chunks with trailers",
    "POST /p HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: t\r\n\r\n",
  ],
] as const) {
  for (const cut of [request.length, request.indexOf("\r\n\r\n") + 4, request.length - 3]) {
    test(`a request ${what} is copied byte for byte, cut at ${cut}`, async (t) => {
      const mirror = await RawBackend.start(t);
      const [scene, main] = await startMirrored(t, mirror);
      const client = await scene.connect();
      await client.sendInPieces([request.slice(0, cut), request.slice(cut)].filter((piece) => piece !== ""));
      assert.equal((await client.readResponse()).body.toString(), "ok");
      const copy = await mirror.accept();
      await copy.readRequest();
      assert.equal(copy.received.toString("latin1"), main.received);
    });
  }
}

test("the copy is what the filters have made of the request, with the Host that was asked for", async (t) => {
  const mirror = await RawBackend.start(t);
  const filters: Filter[] = [
    copyTo("mirror"),
    { type: "RequestHeaderModifier", set: [{ name: "X-Set", value: "s" }], add: [], remove: ["x-gone"] },
    { type: "URLRewrite", path: { type: "ReplacePrefixMatch", value: "/new" } },
  ];
  const [scene] = await startMirrored(t, mirror, [
    { ...mirrored(filters), ...rule("/old", "main", { filters }) },
  ]);
  const client = await scene.connect();
  client.send("GET /old/p HTTP/1.1\r\nHost: a.example\r\nX-Gone: 1\r\n\r\n");
  await client.readResponse();
  const copy = await (await mirror.accept()).readRequest();
  assert.equal(copy.line, "GET /new/p HTTP/1.1");
  assert.equal(field(copy, "host"), "a.example");
  assert.equal(field(copy, "x-set"), "s");
  assert.equal(field(copy, "x-gone"), undefined);
});

test("several mirrors each get a copy, of the rule's filters and the destination's", async (t) => {
  const mirrors = [await RawBackend.start(t), await RawBackend.start(t), await RawBackend.start(t)];
  const main = await RawBackend.answering(t, ok);
  const destination = { weight: 1, backend: "main", filters: [copyTo("m2")] };
  const scene = await Scene.with(t, {
    routes: [route([mirrored([copyTo("m0"), copyTo("m1")], { destinations: [destination] })])],
    backends: [backendOf("main", main), ...mirrors.map((mirror, i) => backendOf(`m${i}`, mirror))],
  });
  const client = await scene.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab");
  for (const mirror of mirrors) await (await mirror.accept()).takeUntil("\r\n\r\nab");
  client.send("c");
  await client.readResponse();
  for (const mirror of mirrors) assert.equal((await mirror.connections[0]!.take(1)).toString(), "c");
});

test("a share of the requests is copied", async (t) => {
  const mirrors = await Promise.all(["none", "half", "all"].map(() => RawBackend.answering(t, ok)));
  const main = await RawBackend.answering(t, ok);
  const scene = await Scene.with(t, {
    routes: [route([mirrored([copyTo("m0", 0, 100), copyTo("m1", 25, 50), copyTo("m2", 100, 100)])])],
    backends: [backendOf("main", main), ...mirrors.map((mirror, i) => backendOf(`m${i}`, mirror))],
  });
  const client = await scene.connect();
  const rounds = 400;
  for (let i = 0; i < rounds; i++) {
    client.send(`GET /${i} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await client.readResponse();
  }
  await untilReceived(mirrors[2]!, `GET /${rounds - 1} `);
  const [none, half, all] = mirrors.map(({ received }) => received.split("GET /").length - 1);
  assert.equal(none, 0);
  // Six standard deviations: off once in a thousand million.
  assert.ok(Math.abs(half! - rounds / 2) < 60, `${half} of ${rounds}`);
  assert.equal(all, rounds);
});

async function untilReceived(backend: RawBackend, text: string): Promise<void> {
  while (!backend.received.includes(text)) await new Promise(setImmediate);
}

test("answers of a mirror are dropped, and its connection is used again", async (t) => {
  for (const answer of [
    "HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nwrong",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwrong\r\n0\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
  ]) {
    const mirror = await RawBackend.start(t);
    const [scene] = await startMirrored(t, mirror);
    const client = await scene.connect();
    let peer: Peer | undefined;
    for (let i = 0; i < 4; i++) {
      client.send(`GET /${i} HTTP/1.1\r\nHost: a\r\n\r\n`);
      assert.equal((await client.readResponse()).body.toString(), "ok");
      peer ??= await mirror.accept();
      await peer.takeUntil(`GET /${i} `);
      await peer.takeUntil("\r\n\r\n");
      await peer.sendInPieces([answer]);
    }
    assert.equal(mirror.connections.length, 1);
  }
});

for (const [what, filters] of [
  ["that nobody has heard of", [copyTo("unknown")]],
  ["that refuses connections", [copyTo("mirror")]],
] as const) {
  test(`a mirror ${what} is of no consequence`, async (t) => {
    const mirror = await RawBackend.start(t);
    await mirror.stop();
    const [scene] = await startMirrored(t, mirror, [mirrored(filters)]);
    const client = await scene.connect();
    for (let i = 0; i < 3; i++) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
      await new Promise(setImmediate);
      client.send("cd");
      assert.equal((await client.readResponse()).body.toString(), "ok");
    }
  });
}

test("a retried request is copied once", async (t) => {
  const mirror = await RawBackend.answering(t, ok);
  const busy = await RawBackend.answering(t, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
  const retry = { attempts: 2, codes: [503], backoff: 1 };
  const scene = await Scene.with(t, {
    routes: [route([mirrored([copyTo("mirror")], { retry })])],
    backends: [backendOf("main", busy), backendOf("mirror", mirror)],
  });
  const client = await scene.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");
  assert.equal((await client.readResponse()).status, 503);
  assert.equal(busy.received.split("POST /").length - 1, 3);
  assert.equal(mirror.received.split("POST /").length - 1, 1);
});

test("what changes protocols is not copied", async (t) => {
  const mirror = await RawBackend.start(t);
  const main = await RawBackend.answering(
    t,
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n",
  );
  const scene = await Scene.with(t, {
    routes: [route([mirrored()])],
    backends: [backendOf("main", main), backendOf("mirror", mirror)],
  });
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
  assert.equal((await client.readResponse()).status, 101);
  assert.equal(mirror.connections.length, 0);
});
