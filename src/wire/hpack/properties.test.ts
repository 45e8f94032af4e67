import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { HpackDecoder } from "./decoder.ts";
import { encodeField, encodeLine, encodeRequestStart, encodeScheme, encodeStatus } from "./encoder.ts";
import { staticTable } from "./static-table.ts";
import { decodeBlock, lines, literalField, tableLines } from "./testing.ts";

/** Any latin1 text. */
const text = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
const token = fc.string({
  unit: fc.constantFrom(..."!#$%&'*+-.^_`|~0123456789azAZmM"),
  minLength: 1,
  maxLength: 80,
});
const name = fc.oneof(token, fc.constantFrom(...staticTable.slice(14).map((field) => field.name)));
const value = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(..."\t aZ09,;=\x80\xff"), maxLength: 200 }),
    fc.constantFrom("", "gzip, deflate", "trailers"),
  )
  .map((line) => line.trim());

test("lines that are encoded are decoded as they were, their names in lower case", () => {
  const decoder = new HpackDecoder(4096);
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 20 }), (fields) => {
      let head = "GET / HTTP/1.1\r\n";
      let block = "";
      const wanted: string[] = [];
      for (const [name, value] of fields) {
        const start = head.length;
        head += `${name}: ${value}\r\n`;
        const valueStart = start + name.length + 2;
        const line = encodeLine(head, start, start + name.length, valueStart, valueStart + value.length);
        assert.equal(line, encodeField(name.toLowerCase(), value));
        block += line;
        wanted.push(`${name.toLowerCase()}: ${value}`);
      }
      const { fault, fields: decoded } = decodeBlock(decoder, block);
      assert.equal(fault, undefined);
      assert.deepEqual(lines(decoded), wanted);
      assert.equal(decoder.table.length, 0, "nothing is asked of the peer's table");
    }),
  );
});

test("the start of a request and the status are decoded as they were", () => {
  const decoder = new HpackDecoder(4096);
  const scheme = fc.constantFrom("http" as const, "https" as const);
  fc.assert(
    fc.property(token, scheme, text, text, (method, scheme, authority, path) => {
      const block = encodeScheme(scheme) + encodeRequestStart(method, authority, path);
      const { fault, fields } = decodeBlock(decoder, block);
      assert.equal(fault, undefined);
      const host = authority === "" ? [] : [`:authority: ${authority}`];
      assert.deepEqual(lines(fields), [
        `:scheme: ${scheme}`,
        `:method: ${method}`,
        ...host,
        `:path: ${path}`,
      ]);
    }),
  );
  for (let status = 100; status <= 999; status++) {
    assert.deepEqual(lines(decodeBlock(decoder, encodeStatus(status)).fields), [`:status: ${status}`]);
  }
});

test("any octets are decoded as they were, in Huffman code and without", () => {
  const decoder = new HpackDecoder(4096);
  const first = fc.constantFrom(0x00 as const, 0x10 as const, 0x40 as const);
  fc.assert(
    fc.property(first, text, text, (first, name, value) => {
      for (const coding of ["plain", "huffman"] as const) {
        const block = literalField(first, name, value, coding);
        for (let time = 0; time < 3; time++) {
          const { fault, fields } = decodeBlock(decoder, block);
          assert.equal(fault, undefined);
          assert.deepEqual(lines(fields), [`${name}: ${value}`]);
        }
      }
    }),
  );
});

test("a string of many kilobytes is decoded whole", () => {
  const decoder = new HpackDecoder(4096);
  for (const length of [4095, 4096, 4097, 8192, 20_000]) {
    const value = "0".repeat(length);
    const { fault, fields } = decodeBlock(decoder, literalField(0x00, "x", value, "huffman"));
    assert.equal(fault, undefined);
    assert.equal(fields[0]!.value, value);
  }
});

test("each octet and each pair of octets has its Huffman code", () => {
  const decoder = new HpackDecoder(4096);
  for (let a = 0; a < 256; a++) {
    for (let b = -1; b < 256; b++) {
      const value = b < 0 ? String.fromCharCode(a) : String.fromCharCode(a, b);
      const { fields } = decodeBlock(decoder, literalField(0x00, "x", value, "huffman"));
      assert.equal(fields[0]?.value, value);
    }
  }
});

test("the dynamic table is a list that forgets its oldest entries", () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.constant("add" as const), fc.nat({ max: 150 })) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("resize" as const), fc.nat({ max: 400 })) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const decoder = new HpackDecoder(4096);
      let list: string[] = [];
      let limit = 4096;
      steps.forEach(([what, number], i) => {
        if (what === "add") {
          const value = String(i).padEnd(number, "v");
          assert.equal(decodeBlock(decoder, literalField(0x40, "n", value)).fault, undefined);
          list.unshift(`n: ${value}`);
        } else {
          limit = number;
          const rest = number - 31;
          const more = rest < 128 ? [rest] : [(rest & 0x7f) | 0x80, rest >> 7];
          const block = Buffer.from(number < 31 ? [0x20 | number] : [0x3f, ...more]);
          assert.equal(decodeBlock(decoder, block).fault, undefined);
        }
        // The colon and the space of a line do not count, and 32 octets for each entry do.
        const sizeOf = (entries: readonly string[]): number =>
          entries.reduce((sum, line) => sum + line.length - 2 + 32, 0);
        while (sizeOf(list) > limit) list = list.slice(0, -1);
        assert.deepEqual(tableLines(decoder), list);
        assert.equal(decoder.table.size, sizeOf(list));
        assert.equal(decoder.table.at(list.length), undefined);
      });
    }),
  );
});

test("random octets never throw, and leave a table within its limit", () => {
  const opcode = fc.constantFrom(
    0x82,
    0xbe,
    0xff,
    0x40,
    0x41,
    0x7f,
    0x00,
    0x0f,
    0x10,
    0x20,
    0x3f,
    0x81,
    0x01,
  );
  const block = fc.array(fc.oneof(opcode, fc.nat({ max: 255 })), { maxLength: 200 });
  fc.assert(
    fc.property(fc.array(block, { maxLength: 8 }), (blocks) => {
      const decoder = new HpackDecoder(4096);
      for (const block of blocks) {
        const { fault, fields } = decodeBlock(decoder, Buffer.from(block));
        assert.ok(decoder.table.size <= decoder.table.limit && decoder.table.limit <= 4096);
        assert.ok(fields.length <= block.length);
        assert.ok(fault === undefined || fault.length > 0);
      }
    }),
    { numRuns: 2000 },
  );
});
