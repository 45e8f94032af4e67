// A backend on HTTP/2 goes away while its client has not read all yet.
import assert from "node:assert/strict";
import type { ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { test } from "node:test";
import { piece } from "./kit/byte-stream.ts";
import { heldFor } from "./kit/unacknowledged.ts";
import { type Opened, open1, open2, TunnelBackend } from "./kit/web-socket-scene.ts";

async function turns(): Promise<void> {
  for (let i = 0; i < 50; i++) await new Promise(setImmediate);
}

for (const [name, open, size, waits] of [
  // More than the client's kernel takes before anybody reads, and less than the proxy's.
  ["HTTP/1.1", open1, 1_000_000, ({ stream }: Opened) => heldFor(stream as Socket) > 0],
  // More than the client's window.
  ["HTTP/2", open2, 128 * 1024, () => true],
] as const) {
  test(`${name}: what a backend has said before it breaks off reaches a client that reads late`, async (t) => {
    const came = Promise.withResolvers<ServerHttp2Stream>();
    const server = await TunnelBackend.start(t, (stream) => {
      stream.respond({ ":status": 200 });
      came.resolve(stream);
    });
    const scene = await server.scene(t);
    const client = await open(t, scene);
    client.stream.pause();
    const backend = await came.promise;
    await new Promise((resolve) => backend.write(piece(0, 0, size), resolve));
    await turns();
    assert.ok(waits(client));
    server.sessions[0]!.destroy();
    await turns();
    let at = 0;
    client.stream.on("data", (bytes: Buffer) => {
      assert.ok(bytes.equals(piece(0, at, bytes.length)));
      at += bytes.length;
    });
    client.stream.resume();
    await new Promise((resolve) => client.stream.on("close", resolve));
    assert.equal(at, size);
    assert.ok(client.wasReset());
    assert.equal(await scene.proxy.drain(60_000), 0);
  });
}
