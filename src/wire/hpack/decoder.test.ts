import assert from "node:assert/strict";
import { test } from "node:test";
import { HpackDecoder } from "./decoder.ts";
import { decodeBlock, lines, literalField, octets, tableLines } from "./testing.ts";

function indexing(name: string, value: string): Buffer {
  return literalField(0x40, name, value);
}

test("size updates at the start of a block evict, several of them too", () => {
  const decoder = new HpackDecoder(4096);
  decodeBlock(decoder, Buffer.concat([indexing("a", "1"), indexing("b", "2"), indexing("c", "3")]));
  assert.deepEqual(tableLines(decoder), ["c: 3", "b: 2", "a: 1"]);
  // 68 octets: two entries of 34.
  const block = Buffer.concat([octets("3f 25"), octets("3f e1 1f"), indexing("d", "4")]);
  assert.equal(decodeBlock(decoder, block).fault, undefined);
  assert.deepEqual(tableLines(decoder), ["d: 4", "c: 3", "b: 2"]);
  assert.equal(decodeBlock(decoder, octets("20")).fault, undefined);
  assert.deepEqual(tableLines(decoder), []);
  assert.equal(decoder.table.size, 0);
  assert.equal(decodeBlock(decoder, octets("be")).fault !== undefined, true);
});

test("a table of no octets takes nothing", () => {
  const decoder = new HpackDecoder(0);
  assert.equal(decodeBlock(decoder, octets("20")).fault, undefined);
  const { fault, fields } = decodeBlock(decoder, indexing("a", "b"));
  assert.equal(fault, undefined);
  assert.deepEqual(lines(fields), ["a: b"]);
  assert.equal(decoder.table.length, 0);
});

test("the table has 4096 octets at first, whatever our setting will say", () => {
  for (const setting of [0, 256, 4096, 65_536]) {
    const decoder = new HpackDecoder(setting);
    for (let i = 0; i < 200; i++) decodeBlock(decoder, indexing("a", String(i % 10)));
    assert.equal(decoder.table.size, 120 * 34, `setting ${setting}`);
  }
});

test("a size update may use all of a larger setting", () => {
  const decoder = new HpackDecoder(65_536);
  // 65536 = 31 + 65505
  assert.equal(decodeBlock(decoder, octets("3f e1 ff 03")).fault, undefined);
  for (let i = 0; i < 5000; i++) decodeBlock(decoder, indexing("", ""));
  assert.equal(decoder.table.length, 2048);
  assert.equal(decoder.table.size, 65_536);
});

test("an entry larger than the table empties it, and is a field all the same", () => {
  const decoder = new HpackDecoder(4096);
  const large = "v".repeat(4096 - 32);
  decodeBlock(decoder, indexing("a", "b"));
  assert.deepEqual(lines(decodeBlock(decoder, indexing("n", large)).fields), [`n: ${large}`]);
  assert.deepEqual(tableLines(decoder), []);
  const fits = "v".repeat(4096 - 33);
  decodeBlock(decoder, indexing("a", "b"));
  decodeBlock(decoder, indexing("n", fits));
  assert.deepEqual(tableLines(decoder), [`n: ${fits}`]);
});

test("an index beyond the oldest entry names nothing, however far it is", () => {
  const decoder = new HpackDecoder(4096);
  decodeBlock(decoder, indexing("a", "b"));
  assert.equal(decodeBlock(decoder, octets("be")).fault, undefined);
  for (let index = 63; index < 63 + 1024; index++) {
    const rest = index - 127;
    const more = rest < 128 ? [rest] : [(rest & 0x7f) | 0x80, rest >> 7];
    const block = Buffer.from(index < 127 ? [0x80 | index] : [0xff, ...more]);
    assert.notEqual(decodeBlock(decoder, block).fault, undefined, `index ${index}`);
  }
});

test("a name may be that of the entry that its field evicts", () => {
  const decoder = new HpackDecoder(64);
  decodeBlock(decoder, Buffer.concat([octets("3f 21"), indexing("name", "first")]));
  // Index 62 with indexing: 0x7e.
  const { fault, fields } = decodeBlock(decoder, Buffer.from("\x7e\x10a value too long", "latin1"));
  assert.equal(fault, undefined);
  assert.deepEqual(lines(fields), ["name: a value too long"]);
  assert.deepEqual(tableLines(decoder), ["name: a value too long"]);
});

test("above `maxSize` nothing is handed on, and the table stays the peer's", () => {
  const decoder = new HpackDecoder(4096);
  const block = Buffer.concat([indexing("a", "1"), indexing("b", "2"), indexing("c", "3"), octets("82")]);
  const first = decodeBlock(decoder, block, 68);
  assert.equal(first.fault, undefined);
  assert.deepEqual(lines(first.fields), ["a: 1", "b: 2"]);
  assert.equal(decoder.tooLarge, true);
  assert.deepEqual(tableLines(decoder), ["c: 3", "b: 2", "a: 1"]);
  const second = decodeBlock(decoder, octets("be bf c0"), 3 * 34);
  assert.deepEqual(lines(second.fields), ["c: 3", "b: 2", "a: 1"]);
  assert.equal(decoder.tooLarge, false);
});

test("a small block that names one large entry again and again hands on no more than `maxSize`", () => {
  const decoder = new HpackDecoder(4096);
  decodeBlock(decoder, indexing("n", "v".repeat(4000)));
  const { fault, fields } = decodeBlock(decoder, Buffer.alloc(65_000, 0xbe), 65_536);
  assert.equal(fault, undefined);
  assert.equal(fields.length, Math.floor(65_536 / 4033));
  assert.equal(decoder.tooLarge, true);
});

test("a fault is still found above `maxSize`", () => {
  const decoder = new HpackDecoder(4096);
  assert.notEqual(decodeBlock(decoder, octets("82 86 80"), 10).fault, undefined);
});

test("a literal that comes again is not decoded again, unless it is a secret", () => {
  const decoder = new HpackDecoder(4096);
  for (const coding of ["plain", "huffman"] as const) {
    const seen = (first: 0x00 | 0x10 | 0x40, name: string): number => {
      const block = literalField(first, name, `of ${coding}`, coding);
      const fields = Array.from({ length: 4 }, () => decodeBlock(decoder, block).fields[0]!);
      for (const field of fields) assert.deepEqual(lines([field]), [`${name}: of ${coding}`]);
      for (const { neverIndexed } of fields) assert.equal(neverIndexed, first === 0x10);
      return new Set(fields).size;
    };
    // The name is kept on its second time, and with it the value on its third.
    assert.ok(seen(0x00, "x-again") <= 3);
    assert.equal(seen(0x00, "x-again"), 1);
    assert.equal(seen(0x40, "x-again"), 1);
    assert.equal(seen(0x10, "x-again"), 4, "never indexed");
    assert.equal(seen(0x00, "cookie"), 4);
    assert.equal(seen(0x40, "authorization"), 4);
    assert.equal(seen(0x00, "proxy-authorization"), 4);
  }
});

test("literals with the same octets but another name or coding are told apart", () => {
  const decoder = new HpackDecoder(4096);
  // "0" in Huffman code is 07, which in plain is a control character.
  const blocks: readonly (readonly [string, string])[] = [
    ["44 01 07", ":path: \x07"],
    ["44 81 07", ":path: 0"],
    ["41 01 07", ":authority: \x07"],
    ["41 81 07", ":authority: 0"],
    ["00 01 07 01 62", "\x07: b"],
    ["00 81 07 01 62", "0: b"],
  ];
  for (let round = 0; round < 5; round++) {
    for (const [block, line] of blocks) {
      assert.deepEqual(lines(decodeBlock(decoder, octets(block)).fields), [line]);
    }
  }
});
