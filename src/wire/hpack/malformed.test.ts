import assert from "node:assert/strict";
import { test } from "node:test";
import { HpackDecoder } from "./decoder.ts";
import { decodeBlock, lines, literalField, octets } from "./testing.ts";

const truncated = "the block ends inside a field";
const integer = "an integer is larger than 2^28 or longer than it has to be";
const index = "an index names no entry of the static or dynamic table";
const huffman = "a Huffman-coded string is not one: wrong padding, or the end-of-string code in it";
const late = "a table size update stands after a field";
const tooLarge = "a table size update is larger than SETTINGS_HEADER_TABLE_SIZE";

const malformed: readonly (readonly [what: string, block: string, fault: string])[] = [
  ["index 0", "80", index],
  ["an index beyond both tables", "be", index],
  ["a large index", "ff ff ff ff 7e", index],
  ["a name's index beyond both tables", "7e 01 61", index],
  ["a name's index beyond both tables, not indexed", "0f 2f 01 61", index],
  ["a name's index beyond both tables, never indexed", "1f 2f 01 61", index],
  ["an index that goes on after the block", "ff", truncated],
  ["an index that goes on and on after the block", "ff 80 80", truncated],
  ["an index of 2^28 and 1", "ff 82 ff ff 7f 80 00", integer],
  ["an index of more than 32 bits", "ff ff ff ff ff ff 0f", integer],
  ["an index of more than 64 bits", "ff ff ff ff ff ff ff ff ff ff ff 7f", integer],
  ["an index with zeros in front", "ff 80 80 80 80 00", integer],
  ["an endless integer", `ff ${"80 ".repeat(60_000)}`, integer],
  ["no name", "40", truncated],
  ["a name without a value", "40 01 61", truncated],
  ["an indexed name without a value", "44", truncated],
  ["a name longer than the block", "40 05 61 62 63", truncated],
  ["a value longer than the block", "44 05 61 62 63", truncated],
  ["a value far longer than the block", "44 7f ff ff ff 7e 61", truncated],
  ["a Huffman-coded value longer than the block", "44 85 ff", truncated],
  ["a length that goes on after the block", "44 7f", truncated],
  ["a length of more than 28 bits", "44 7f ff ff ff ff 7f 61", integer],
  ["a name's length of more than 28 bits", "40 7f ff ff ff ff 7f 61", integer],
  ["padding of 8 bits", "44 81 ff", huffman],
  ["padding of 11 bits after a symbol", "44 82 1f ff", huffman],
  ["padding of 27 bits after a symbol", "44 84 1f ff ff ff", huffman],
  ["padding of zeros", "44 81 18", huffman],
  ["padding that is not all ones", "44 81 1e", huffman],
  ["the end-of-string code", "44 84 ff ff ff ff", huffman],
  ["the end-of-string code and its padding", "44 84 ff ff ff fc", huffman],
  ["the end-of-string code after a symbol", "44 85 1f ff ff ff ff", huffman],
  ["the end-of-string code before a symbol", "44 85 ff ff ff fc 7f", huffman],
  ["a symbol of 28 bits cut short", "44 83 ff ff fe", huffman],
  ["a name that is no Huffman code", "40 81 ff 01 61", huffman],
  ["a size update after a field", "82 20", late],
  ["a size update between fields", "82 3f e1 1f 82", late],
  ["a size update above our setting", "3f e2 1f", tooLarge],
  ["a size update far above our setting", "3f ff ff ff 7e", tooLarge],
  ["a size update that goes on after the block", "3f", truncated],
  ["a size update of more than 28 bits", "3f ff ff ff ff 7f", integer],
];

for (const [what, block, fault] of malformed) {
  test(`refused: ${what}`, () => {
    assert.equal(decodeBlock(new HpackDecoder(4096), octets(block)).fault, fault);
  });
}

test("every start of a block is cut off somewhere, or is a block", () => {
  const block = Buffer.concat([octets("82 86 84"), literalField(0x40, "x-name", "value", "huffman")]);
  const whole = new Set([0, 1, 2, 3, block.length]);
  for (let length = 0; length <= block.length; length++) {
    const { fault } = decodeBlock(new HpackDecoder(4096), block.subarray(0, length));
    assert.equal(fault, whole.has(length) ? undefined : truncated, `${length} octets`);
  }
});

test("the fields before a fault are handed on, none after it", () => {
  const { fault, fields } = decodeBlock(new HpackDecoder(4096), octets("82 86 80 84"));
  assert.equal(fault, index);
  assert.deepEqual(lines(fields), [":method: GET", ":scheme: http"]);
});

test("padding of up to 7 bits is taken", () => {
  // "0" has 5 bits, "/" 6, ":" 7, "&" 8, "!" 10; eight "0" need no padding, "00:" needs 7 bits.
  const padded: readonly (readonly [string, string])[] = [
    ["44 81 07", "0"],
    ["44 81 63", "/"],
    ["44 81 b9", ":"],
    ["44 81 f8", "&"],
    ["44 85 00 00 00 00 00", "00000000"],
    ["44 83 00 2e 7f", "00:"],
    ["44 82 fe 3f", "!"],
    ["44 80", ""],
  ];
  for (const [block, value] of padded) {
    const { fault, fields } = decodeBlock(new HpackDecoder(4096), octets(block));
    assert.equal(fault, undefined, block);
    assert.equal(fields[0]!.value, value, block);
  }
});

test("an integer may be as large as 2^28, and have as many octets as that needs", () => {
  // The index is read, and then found to name nothing.
  assert.equal(decodeBlock(new HpackDecoder(4096), octets("ff 81 ff ff 7f")).fault, index);
  assert.equal(decodeBlock(new HpackDecoder(4096), octets("ff 82 ff ff 7f")).fault, integer);
});
