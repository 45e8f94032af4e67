import assert from "node:assert/strict";
import { test } from "node:test";
import { HpackName } from "./field.ts";
import { LiteralCache } from "./literal-cache.ts";

const name = new HpackName("x");

function keep(cache: LiteralCache<object>, literal: Buffer, value: object): void {
  for (let time = 0; time < 2; time++) cache.put(name, literal, 0, literal.length, 1, value);
}

test("a literal is kept when it is not found twice, and found by all that it is made of", () => {
  const cache = new LiteralCache<object>(1);
  const literal = Buffer.from("literal");
  const value = {};
  cache.put(name, literal, 0, 7, 1, value);
  assert.equal(cache.get(name, literal, 0, 7, 1), undefined, "once is not enough");
  cache.put(name, literal, 0, 7, 1, value);
  assert.equal(cache.get(name, literal, 0, 7, 1), value);
  assert.equal(cache.get(name, Buffer.from("--literal--"), 2, 9, 1), value, "wherever it stands");
  assert.equal(cache.get(name, literal, 0, 7, 0), undefined, "another coding");
  assert.equal(cache.get(name, literal, 0, 6, 1), undefined, "shorter");
  assert.equal(cache.get(new HpackName("x"), literal, 0, 7, 1), undefined, "another name");
  for (let i = 0; i < 7; i++) {
    const other = Buffer.from(literal);
    other[i]! ^= 1;
    assert.equal(cache.get(name, other, 0, 7, 1), undefined, `octet ${i}`);
  }
});

test("one that comes once does not drive out one that came twice", () => {
  const cache = new LiteralCache<object>(1);
  const value = {};
  keep(cache, Buffer.from("kept"), value);
  for (let i = 0; i < 100; i++) {
    const other = Buffer.from(`other ${i}`);
    cache.put(name, other, 0, other.length, 1, {});
  }
  assert.equal(cache.get(name, Buffer.from("kept"), 0, 4, 1), value);
});

test("literals of up to 64 octets are kept, longer ones and empty ones are not", () => {
  const cache = new LiteralCache<object>(64);
  for (let length = 0; length <= 300; length++) {
    const literal = Buffer.alloc(length, "v");
    keep(cache, literal, {});
    const kept = cache.get(name, literal, 0, length, 1) !== undefined;
    assert.equal(kept, length >= 1 && length <= 64, `${length} octets`);
  }
});

test("what is kept in one slot is not mixed up with what is kept in the next", () => {
  const cache = new LiteralCache<{ readonly text: string }>(16);
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 500; i++) {
      const text = String.fromCharCode(65 + (i % 26)).repeat(1 + ((i * 7) % 130));
      const literal = Buffer.from(text);
      keep(cache, literal, { text });
      for (let length = 1; length <= 64; length++) {
        const found = cache.get(name, literal, 0, Math.min(length, literal.length), 1);
        if (found !== undefined) assert.equal(found.text, text.slice(0, length));
      }
    }
  }
});
