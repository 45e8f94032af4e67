import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { collect } from "../../std/testing.ts";
import { HpackDecoder } from "./decoder.ts";
import { encodeLine } from "./encoder.ts";
import { decodeBlock, literalField } from "./testing.ts";

/** What is in use is far below this, and what would be without a bound is far above. */
const bound = 8 * 1024 * 1024;

/** Bytes that are in use after `work` and were not before. */
function grown(work: () => void): number {
  collect();
  const before = process.memoryUsage().heapUsed;
  work();
  collect();
  return process.memoryUsage().heapUsed - before;
}

test("a decoder lets go of what is evicted, and keeps few literals that never come again", () => {
  const decoder = new HpackDecoder(4096);
  const long = "v".repeat(2000);
  const bytes = grown(() => {
    for (let i = 0; i < 10_000; i++) {
      const unique = `x-${i}`;
      decodeBlock(decoder, literalField(i % 2 === 0 ? 0x40 : 0x00, unique, unique + long));
    }
  });
  assert.ok(bytes < bound, `${bytes} bytes`);
  assert.ok(decoder.table.length > 0);
});

test("what a table has evicted is in none of its slots", () => {
  const decoders = Array.from({ length: 50 }, () => new HpackDecoder(4096));
  const long = "v".repeat(3900);
  const bytes = grown(() => {
    for (const decoder of decoders) {
      for (let i = 0; i < 128; i++) decodeBlock(decoder, literalField(0x40, "x", long + String(i)));
    }
  });
  assert.ok(bytes < bound, `${bytes} bytes`);
  assert.ok(decoders.every((decoder) => decoder.table.length === 1));
});

test("literals that come again and again are kept within bounds", () => {
  const decoder = new HpackDecoder(4096);
  const long = "v".repeat(40);
  const bytes = grown(() => {
    for (let i = 0; i < 30_000; i++) {
      const block = literalField(0x00, `x-again-${i}-${"n".repeat(30)}`, `${long}${i}`);
      for (let time = 0; time < 4; time++) decodeBlock(decoder, block);
    }
  });
  assert.ok(bytes < bound, `${bytes} bytes`);
});

test("a name that the encoder keeps does not keep the head that it came from", () => {
  const bytes = grown(() => {
    for (let i = 0; i < 3000; i++) {
      const name = createHash("md5").update(String(i)).digest("hex");
      // As heads are read: text of its own, not a rope.
      const head = Buffer.from(`${name}: v\r\n${"h".repeat(60_000)}`, "latin1").toString("latin1");
      encodeLine(head, 0, name.length, name.length + 2, name.length + 3);
    }
  });
  assert.ok(bytes < bound, `${bytes} bytes`);
});

/** Bytes that are made each time, garbage included, when heads with these names are encoded again and again. */
function madeFor(names: readonly string[]): number {
  const head = Buffer.from(names.map((name) => `${name}: v\r\n`).join(""), "latin1").toString("latin1");
  const encodeAll = (times: number): void => {
    for (let time = 0; time < times; time++) {
      let at = 0;
      for (const { length } of names) {
        encodeLine(head, at, at + length, at + length + 2, at + length + 3);
        at += length + 5;
      }
    }
  };
  encodeAll(200);
  collect();
  const before = process.memoryUsage().heapUsed;
  encodeAll(500);
  return (process.memoryUsage().heapUsed - before) / 500;
}

test("two names that share their slots are both kept", () => {
  const names = ["server", "date", "content-type", "content-length", "etag", "vary", "age", "via", "link"];
  const alone = Math.max(...names.map((name) => madeFor([name, name])));
  names.forEach((one, index) => {
    for (const other of names.slice(index + 1)) {
      const made = madeFor([one, other]);
      assert.ok(made < 2 * alone, `${one} and ${other}: ${made} bytes, and ${alone} for one name twice`);
    }
  });
});
