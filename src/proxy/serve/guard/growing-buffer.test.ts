import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { GrowingBuffer } from "./growing-buffer.ts";

test("pieces come out as one, and taken bytes stay what they are", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (pieces) => {
      const buffer = new GrowingBuffer();
      for (const piece of pieces) buffer.add(piece, 0, piece.length);
      const taken = buffer.take();
      assert.deepEqual(taken, Buffer.concat(pieces));
      assert.equal(buffer.length, 0);
      buffer.add(Buffer.alloc(100), 0, 100);
      assert.deepEqual(taken, Buffer.concat(pieces));
    }),
  );
});

test("small pieces cost what they are, not one object each", () => {
  const buffer = new GrowingBuffer();
  const piece = Buffer.from("xy");
  const seen = new Set<ArrayBufferLike>();
  for (let i = 0; i < 65_536; i++) {
    buffer.add(piece, 1, 2);
    seen.add(buffer.bytes.buffer);
  }
  assert.equal(buffer.bytes.toString(), "y".repeat(65_536));
  assert.ok(seen.size < 20, `${seen.size}`);
});
