import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { bytesField, numberField, ProtobufReader } from "./protobuf.ts";

type Field = readonly [number: number, value: number | string];

function read(message: Buffer): Field[] | "malformed" {
  const reader = new ProtobufReader(message);
  const fields: Field[] = [];
  while (reader.next()) fields.push([reader.number, reader.bytes?.toString("latin1") ?? reader.value]);
  return reader.malformed ? "malformed" : fields;
}

/** The examples of protobuf.dev, "Encoding", and what is wrong by it. */
const messages: readonly (readonly [string, string, Field[] | "malformed"])[] = [
  ["nothing", "", []],
  ["a number", "089601", [[1, 150]]],
  ["text", "120774657374696e67", [[2, "testing"]]],
  ["a message in a message", "1a03089601", [[3, "\x08\x96\x01"]]],
  ["a negative number", "08feffffffffffffffff01", [[1, 2 ** 64 - 2]]],
  [
    "numbers of fixed size",
    "0d010203041101020304050607080801",
    [
      [1, 0],
      [2, 0],
      [1, 1],
    ],
  ],
  ["a field number of two bytes", "f20100", [[30, ""]]],
  ["a number that does not end", "08ffffffffffffffffffffff01", "malformed"],
  ["a number that is cut off", "0896", "malformed"],
  ["bytes that are cut off", "120874657374696e67", "malformed"],
  ["a length beyond all bounds", "12ffffffffffffffff7f", "malformed"],
  ["a fixed number that is cut off", "0d010203", "malformed"],
  ["a tag alone", "08", "malformed"],
  ["field number 0", "0001", "malformed"],
  ["a tag that is too large", "f8ffffffff0101", "malformed"],
  ["a group", "0b0c", "malformed"],
  ["wire type 6", "0e00", "malformed"],
];

for (const [what, hex, expected] of messages) {
  test(`reads ${what}`, () => assert.deepEqual(read(Buffer.from(hex, "hex")), expected));
}

test("writes what the standard's examples show", () => {
  assert.equal(Buffer.from(numberField(1, 150), "latin1").toString("hex"), "089601");
  assert.equal(Buffer.from(bytesField(2, "testing"), "latin1").toString("hex"), "120774657374696e67");
  assert.equal(Buffer.from(bytesField(2, "te", 5), "latin1").toString("hex"), "12077465");
});

test("what was written is read", () => {
  const number = fc.integer({ min: 1, max: 2 ** 29 - 1 });
  const text = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
  const field = fc.tuple(number, fc.oneof(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), text));
  fc.assert(
    fc.property(fc.array(field), (fields) => {
      const written = fields.map(([at, value]) =>
        typeof value === "number" ? numberField(at, value) : bytesField(at, value),
      );
      assert.deepEqual(read(Buffer.from(written.join(""), "latin1")), fields);
    }),
  );
});

test("no bytes throw, and reading ends", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void read(Buffer.from(bytes))));
});
