import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Random } from "../../fuzz/random.ts";
import { relayDrainTimeout, relayIdleTimeout } from "../../src/proxy/limits.ts";
import { backlogTo } from "./kit/backlog.ts";
import { piece, readStream } from "./kit/byte-stream.ts";
import { makeAuthority, makeLeaf } from "./kit/certificates.ts";
import { Clock } from "./kit/clock.ts";
import { heldMemory } from "../../src/std/testing.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { l4Route, relayScene, tcpBackend, tcpListener } from "./kit/relay-scene.ts";
import { Scene } from "./kit/scene.ts";
import { SecureBackend } from "./kit/secure-backend.ts";
import { unusedEndpoint } from "./kit/unused-endpoint.ts";

const authority = makeAuthority();

/** Says everything back. */
const echo = (t: Parameters<typeof RawBackend.start>[0]): Promise<RawBackend> =>
  RawBackend.start(t, ({ socket }) => {
    socket.removeAllListeners("data");
    socket.pipe(socket);
  });

/** Says its name to everybody who connects, and nothing else. */
const saying = (t: Parameters<typeof RawBackend.start>[0], name: string): Promise<RawBackend> =>
  RawBackend.start(t, (peer) => {
    peer.send(`${name}\n`);
    peer.end();
  });

/** What a new connection is told, or that it is reset: before or after `connect` has heard that it stands. */
async function told(scene: Scene): Promise<string> {
  try {
    const client = await scene.connect();
    return (await client.ended()) === "reset" ? "reset" : client.received.toString().trim();
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "ECONNRESET");
    return "reset";
  }
}

test("bytes pass both ways, whoever begins", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await relayScene(t, [backend]);
  const client = await scene.connect();
  const upstream = await backend.accept();
  upstream.send("220 ready\r\n");
  assert.equal(await client.takeUntil("\n"), "220 ready\r\n");
  client.send("HELO\r\n");
  assert.equal(await upstream.takeUntil("\n"), "HELO\r\n");
});

test("who has said the last word may go on listening: half-close, both ways", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await relayScene(t, [backend]);
  const [one, other] = [await scene.connect(), await scene.connect()];
  const [first, second] = [await backend.accept(), await backend.accept()];
  one.send("question");
  one.end();
  assert.equal((await first.takeAll()).toString(), "question");
  first.send("answer");
  first.end();
  assert.equal((await one.takeAll()).toString(), "answer");
  second.send("news");
  second.end();
  assert.equal((await other.takeAll()).toString(), "news");
  other.send("thanks");
  other.end();
  assert.equal((await second.takeAll()).toString(), "thanks");
  assert.deepEqual([await one.ended(), await second.ended()], ["end", "end"]);
});

test("a reset is passed on as a reset, both ways", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await relayScene(t, [backend]);
  const [one, other] = [await scene.connect(), await scene.connect()];
  const [first, second] = [await backend.accept(), await backend.accept()];
  one.reset();
  assert.equal(await first.ended(), "reset");
  second.reset();
  assert.equal(await other.ended(), "reset");
});

test("an endpoint that cannot be reached is passed over; none at all resets", async (t) => {
  const backend = await saying(t, "alive");
  const dead = await unusedEndpoint();
  const scene = await relayScene(t, [dead, backend]);
  for (let i = 0; i < 8; i++) assert.equal(await told(scene), "alive");
  await scene.edit({ backends: [tcpBackend("main", [dead])] });
  assert.equal(await told(scene), "reset");
  await scene.edit({ backends: [tcpBackend("main", [])] });
  assert.equal(await told(scene), "reset");
});

test("endpoints that come while another one is dialed are tried too", async (t) => {
  const leaf = makeLeaf(authority, { names: ["far.example"] });
  const tls = { serverName: "far.example", authorities: authority.certificate };
  const silent = await RawBackend.start(t);
  const fresh = await SecureBackend.start(t, { cert: leaf.certificate, key: leaf.key });
  const scene = await relayScene(t, [silent], { backend: { tls } });
  const client = await scene.connect();
  client.send("ping");
  const first = await silent.accept();
  await scene.edit({ backends: [tcpBackend("main", [fresh], { tls })] });
  first.reset();
  assert.equal((await client.take(4)).toString(), "ping");
});

test("what a client says while no endpoint is reached yet is not lost", async (t) => {
  const backend = await echo(t);
  const scene = await relayScene(t, [await unusedEndpoint(), backend]);
  const text = "x".repeat(200_000);
  const client = await scene.connect();
  client.send(text);
  assert.equal((await client.take(text.length)).toString(), text);
});

test("a share whose reference is invalid is refused; weights hold per connection", async (t) => {
  const [a, b] = [await saying(t, "a"), await saying(t, "b")];
  const scene = await relayScene(t, []);
  const destinations = [
    { weight: 3, backend: "a" },
    { weight: 2, backend: "b" },
    { weight: 0, backend: "main" },
    { weight: 5 },
  ];
  await scene.edit({
    l4Routes: [l4Route(destinations)],
    backends: [tcpBackend("a", [a]), tcpBackend("b", [b])],
  });
  const count = new Map<string, number>();
  for (let i = 0; i < 600; i++) {
    const said = await told(scene);
    count.set(said, (count.get(said) ?? 0) + 1);
  }
  // Six standard deviations: once in a billion runs.
  for (const [said, share] of [
    ["a", 0.3],
    ["b", 0.2],
    ["reset", 0.5],
  ] as const) {
    const spread = 6 * Math.sqrt(600 * share * (1 - share));
    const counted = count.get(said) ?? 0;
    assert.ok(Math.abs(counted - 600 * share) < spread, `${said}: ${counted} of 600, wanted ${share}`);
  }
});

test("of several routes the oldest serves; when it goes, the next one does; without one, a reset", async (t) => {
  const [old, young] = [await saying(t, "old"), await saying(t, "young")];
  const scene = await relayScene(t, []);
  await scene.edit({
    l4Routes: [
      l4Route("young", { name: "a", created: 2 }),
      l4Route("old", { name: "b", created: 1 }),
      l4Route("young", { name: "c", created: 1 }),
    ],
    removedL4Routes: ["TCPRoute/default/route"],
    backends: [tcpBackend("old", [old]), tcpBackend("young", [young])],
  });
  assert.equal(await told(scene), "old");
  await scene.edit({ removedL4Routes: ["TCPRoute/default/b"] });
  assert.equal(await told(scene), "young");
  await scene.edit({ removedL4Routes: ["TCPRoute/default/a", "TCPRoute/default/c"] });
  assert.equal(await told(scene), "reset");
});

test("a connection goes on when its route, its endpoint and its listener go, for a while", async (t) => {
  const clock = new Clock(t);
  const backend = await echo(t);
  const scene = await relayScene(t, [backend]);
  const client = await scene.connect();
  const alive = async (): Promise<void> => {
    client.send("ping");
    assert.equal((await client.take(4)).toString(), "ping");
  };
  await alive();
  await scene.edit({ backends: [tcpBackend("main", [])] });
  await alive();
  await scene.edit({ removedL4Routes: ["TCPRoute/default/route"] });
  await alive();
  await scene.edit({ removedListeners: ["default/gateway/tcp"] });
  await alive();
  await clock.skip(relayDrainTimeout + 1000);
  assert.equal(await client.ended(), "reset");
});

test("a listener that comes back with the same address keeps the connections", async (t) => {
  const clock = new Clock(t);
  const backend = await echo(t);
  const scene = await relayScene(t, [backend]);
  const client = await scene.connect();
  client.send("a");
  await client.take(1);
  await scene.edit({ listeners: [tcpListener(scene, { key: "default/gateway/tcp" })] });
  await clock.skip(relayDrainTimeout + 1000);
  client.send("b");
  assert.equal((await client.take(1)).toString(), "b");
});

test("a connection over which nothing passes is cut after an hour, and not one that is in use", async (t) => {
  const clock = new Clock(t);
  const backend = await echo(t);
  const scene = await relayScene(t, [backend]);
  const [busy, idle] = [await scene.connect(), await scene.connect()];
  for (const client of [busy, idle]) {
    client.send("a");
    await client.take(1);
  }
  await clock.skip(relayIdleTimeout + 1000);
  busy.send("b");
  assert.equal((await busy.take(1)).toString(), "b");
  await clock.skip(relayIdleTimeout + 1000);
  assert.equal(await idle.ended(), "reset");
  busy.send("c");
  assert.equal((await busy.take(1)).toString(), "c");
});

test("a drain waits for the end of a connection; the deadline cuts it", async (t) => {
  const backend = await echo(t);
  const scene = await relayScene(t, [backend]);
  const client = await scene.connect();
  client.send("a");
  await client.take(1);
  const drained = scene.proxy.drain(60_000);
  client.send("b");
  assert.equal((await client.take(1)).toString(), "b");
  client.end();
  assert.equal(await drained, 0);
  const again = await relayScene(t, [backend]);
  const other = await again.connect();
  other.send("a");
  await other.take(1);
  assert.equal(await again.proxy.drain(0), 1);
  assert.equal(await other.ended(), "reset");
});

test("a drain waits for what a client that has left has sent, as long as the backend still has to take it", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await relayScene(t, [backend]);
  const [client, other] = [await scene.connect(), await scene.connect()];
  const [upstream, answering] = [await backend.accept(), await backend.accept()];
  upstream.socket.pause();
  upstream.end();
  await client.ended();
  while (backlogTo(upstream) === 0) {
    await new Promise((resolve) => client.socket.write(Buffer.alloc(16 * 1024), resolve));
    other.send("x");
    answering.send(await answering.take(1));
    await other.take(1);
  }
  client.end();
  await once(client.socket, "close");
  // The other client's connection is the second one.
  assert.equal(await scene.proxy.drain(0), 2);
});

const mebibyte = 1024 * 1024;

for (const [pieces, pieceSize] of [
  ["large", mebibyte],
  ["small", 16 * 1024],
] as const) {
  test(`a reader that stops stops a writer of ${pieces} pieces: memory stays bounded, and nothing is lost`, async (t) => {
    const size = 100 * mebibyte;
    const backend = await RawBackend.start(t);
    const scene = await relayScene(t, [backend]);
    const client = await scene.connect();
    const upstream = await backend.accept();
    client.socket.pause();
    const before = heldMemory();
    let sent = 0;
    const flood = (async () => {
      for (; sent < size; sent += pieceSize) {
        await new Promise((resolve) => upstream.socket.write(piece(0, sent, pieceSize), resolve));
        if (pieceSize < mebibyte) await new Promise(setImmediate);
      }
      upstream.end();
    })();
    const other = await scene.connect();
    const answering = await backend.accept();
    for (let last = -1; last !== sent;) {
      last = sent;
      for (let round = 0; round < 200; round++) {
        other.send("x");
        answering.send(await answering.take(1));
        await other.take(1);
      }
    }
    assert.ok(sent < 40 * mebibyte, `${sent / mebibyte} MiB were taken for a client that reads nothing`);
    const growth = heldMemory() - before;
    assert.ok(growth < 16 * mebibyte, `memory grew by ${growth / mebibyte} MiB`);
    client.socket.removeAllListeners("data");
    const read = readStream(client.socket, 0, size, new Random(1));
    client.socket.resume();
    await Promise.all([flood, read]);
  });
}

test("HTTP on one port and TCP on another do not know of each other", async (t) => {
  const backend = await saying(t, "raw");
  const scene = await Scene.start(t, await RawBackend.answering(t, "HTTP/1.1 204 No Content\r\n\r\n"));
  const port = (await unusedEndpoint(scene.address)).port;
  await scene.edit({
    listeners: [tcpListener({ address: scene.address, port })],
    l4Routes: [l4Route("raw")],
    backends: [tcpBackend("raw", [backend])],
  });
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal((await client.readResponse()).status, 204);
});
