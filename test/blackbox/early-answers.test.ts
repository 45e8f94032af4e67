import assert from "node:assert/strict";
import { test } from "node:test";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const refusal = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";
const requestHead = "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 20000000\r\n\r\n";

/** More than all buffers on the way hold, so that the backend's end finds the proxy in the middle of a write. */
const body = Buffer.alloc(16_000_000);

const rounds = 10;

for (const ending of ["reset", "close"] as const) {
  test(`a backend that refuses a body that is still being sent, and goes (${ending}): its answer arrives`, async (t) => {
    const backend = await RawBackend.start(t, async (peer) => {
      await peer.takeUntil("\r\n\r\n");
      // What is not read by then has the kernel say RST for either.
      peer.socket.pause();
      peer.socket.write(refusal, () => (ending === "reset" ? peer.reset() : peer.socket.destroy()));
    });
    const scene = await Scene.start(t, backend);
    for (let round = 0; round < rounds; round++) {
      const client = await scene.connect();
      client.send(requestHead);
      client.send(body);
      const answer = await client.readResponse("POST");
      assert.deepEqual([answer.status, answer.body.toString()], [413, "no"]);
      client.reset();
    }
    assert.equal(backend.connections.length, rounds, "and nothing is sent again");
  });
}

test("a backend that goes in the middle of a body without an answer is no answer", async (t) => {
  const backend = await RawBackend.start(t, async (peer) => {
    await peer.takeUntil("\r\n\r\n");
    peer.reset();
  });
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(requestHead);
  client.send(body);
  assert.equal((await client.readResponse("POST")).status, 502);
});
