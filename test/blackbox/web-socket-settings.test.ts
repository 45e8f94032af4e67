// What a backend on HTTP/2 says frame by frame before and after a WebSocket (RFC 8441).
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { code, flag, frame, headers, preface, reset, settings, type } from "./kit/http2-frames.ts";
import { Http2Peer, valueOf } from "./kit/http2-peer.ts";
import { http2Backend, http2Scene } from "./kit/http2-scene.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import type { Scene } from "./kit/scene.ts";
import {
  asking,
  closed,
  key,
  open1,
  open2,
  type Open,
  rawClient,
  readHead,
  take,
  takeAll,
} from "./kit/web-socket-scene.ts";

const enableConnect = [8, 1] as const;

const clients: readonly (readonly [name: string, open: Open])[] = [
  ["HTTP/1.1", open1],
  ["HTTP/2", open2],
];

async function start(t: TestContext): Promise<{ raw: RawBackend; scene: Scene }> {
  const raw = await RawBackend.start(t);
  return { raw, scene: await http2Scene(t, raw) };
}

/** One end of a connection that says nothing, not even that SETTINGS have come, before its own SETTINGS. */
class SilentPeer extends Http2Peer {
  private held: Buffer[] | undefined = [];

  static async of(raw: RawBackend): Promise<SilentPeer> {
    const peer = await raw.accept();
    await peer.take(preface.length);
    return new SilentPeer(peer);
  }

  override send(...frames: readonly Buffer[]): void {
    if (this.held === undefined) super.send(...frames);
    else this.held.push(...frames);
  }

  speak(...frames: readonly Buffer[]): void {
    super.send(...frames, ...this.held!);
    this.held = undefined;
  }
}

async function askRaw(t: TestContext, scene: Scene) {
  const socket = await rawClient(t, scene);
  socket.write(`${asking}Sec-WebSocket-Key: ${key}\r\n\r\n`);
  return socket;
}

test("a WebSocket waits for the SETTINGS of a connection, and nothing else does", async (t) => {
  const { raw, scene } = await start(t);
  const socket = await askRaw(t, scene);
  const server = await SilentPeer.of(raw);
  const other = await rawClient(t, scene);
  other.write("GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
  const first = await server.find(type.headers);
  assert.equal(valueOf(first.fields, ":path"), "/other");
  server.speak(settings(enableConnect));
  const second = await server.find(type.headers);
  assert.deepEqual(second.fields.slice(0, 5), [
    [":scheme", "http"],
    [":method", "CONNECT"],
    [":authority", "a"],
    [":path", "/chat?x=1"],
    [":protocol", "websocket"],
  ]);
  assert.ok(second.stream > first.stream);
  assert.equal(second.flags & flag.endStream, 0);
  server.send(headers(second.stream, [[":status", "200"]]));
  assert.equal((await readHead(socket)).status, 101);
});

test("a backend whose SETTINGS do not come gets no WebSocket: 504", async (t) => {
  const { raw, scene } = await start(t);
  const socket = await askRaw(t, scene);
  await SilentPeer.of(raw);
  assert.equal((await readHead(socket)).status, 504);
  assert.equal(raw.connections.length, 1);
});

test("a client that leaves meanwhile is forgotten", async (t) => {
  const { raw, scene } = await start(t);
  const socket = await askRaw(t, scene);
  const server = await SilentPeer.of(raw);
  socket.resetAndDestroy();
  // Another connection's request comes behind the reset, and its answer behind what the reset has done.
  const other = await rawClient(t, scene);
  other.write("GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
  const first = await server.find(type.headers);
  server.speak(settings(enableConnect), headers(first.stream, [[":status", "204"]], flag.endStream));
  assert.equal((await readHead(other)).status, 204);
  await server.ping();
  assert.equal(server.frames.filter((came) => came.type === type.headers).length, 1);
});

test("a connection that ends, or has to, before its SETTINGS hands its WebSockets to another one", async (t) => {
  for (const end of ["reset", "edit"] as const) {
    const { raw, scene } = await start(t);
    const socket = await askRaw(t, scene);
    const first = await SilentPeer.of(raw);
    const next = end === "edit" ? await RawBackend.start(t) : raw;
    if (end === "reset") first.peer.reset();
    else await scene.edit({ backends: [http2Backend("main", next)] });
    const second = await Http2Peer.accept(await next.accept(), enableConnect);
    const asked = await second.find(type.headers);
    second.send(headers(asked.stream, [[":status", "200"]]));
    assert.equal((await readHead(socket)).status, 101);
  }
});

for (const [name, open] of clients) {
  test(`${name}: CANCEL is passed on, and so is what was said before`, async (t) => {
    const { raw, scene } = await start(t);
    const opening = open(t, scene);
    const server = await Http2Peer.accept(await raw.accept(), enableConnect);
    const { stream } = await server.find(type.headers);
    server.send(headers(stream, [[":status", "200"]]), frame(type.data, 0, stream, "last"));
    const client = await opening;
    assert.equal(await take(client.stream, 4), "last");
    server.send(reset(stream, code.cancel));
    await closed(client.stream);
    assert.ok(client.wasReset());
  });

  test(`${name}: a backend that says all and wants nothing more is obeyed`, async (t) => {
    const { raw, scene } = await start(t);
    const opening = open(t, scene);
    const server = await Http2Peer.accept(await raw.accept(), enableConnect);
    const { stream } = await server.find(type.headers);
    const last = [frame(type.data, flag.endStream, stream, "last"), reset(stream, code.none)];
    server.send(headers(stream, [[":status", "200"]]), ...last);
    const client = await opening;
    assert.equal(await takeAll(client.stream), "last");
    client.stream.end();
    await closed(client.stream);
  });

  test(`${name}: a stream that the backend refuses is asked for again`, async (t) => {
    const { raw, scene } = await start(t);
    const opening = open(t, scene);
    const server = await Http2Peer.accept(await raw.accept(), enableConnect);
    const first = await server.find(type.headers);
    server.send(reset(first.stream, code.refused));
    const second = await server.find(type.headers);
    server.send(headers(second.stream, [[":status", "200"]]));
    assert.ok([101, 200].includes((await opening).status));
  });
}
