// A backend that refuses a stream when its body has begun to come: what every restart of a gRPC server does to some calls.
import assert from "node:assert/strict";
import { constants } from "node:http2";
import { test } from "node:test";
import { exchange, http2Client, http2Scene, NodeHttp2Backend } from "./kit/http2-scene.ts";

for (const [size, status] of [
  [5, 200],
  [60_000, 200],
  // More than is kept.
  [200_000, 502],
] as const) {
  test(`a POST of ${size} bytes whose stream is refused: ${status}`, async (t) => {
    let streams = 0;
    const backend = await NodeHttp2Backend.start(t, (stream) => {
      const first = ++streams === 1;
      let bytes = 0;
      stream.on("data", (piece: Buffer) => {
        bytes += piece.length;
        // When all of a small body is here, or more of a large one than is kept.
        if (first && bytes >= Math.min(size, 100_000)) stream.close(constants.NGHTTP2_REFUSED_STREAM);
      });
      stream.on("end", () => {
        if (first) return;
        stream.respond({ ":status": 200 });
        stream.end(`${bytes} bytes`);
      });
    });
    const scene = await http2Scene(t, backend);
    const client = await http2Client(t, scene);
    const answer = await exchange(client, { ":path": "/", ":method": "POST" }, Buffer.alloc(size, "x"));
    assert.equal(answer.status, status);
    if (status === 200) assert.equal(answer.body.toString(), `${size} bytes`);
    assert.equal(streams, status === 200 ? 2 : 1);
  });
}
