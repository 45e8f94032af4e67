import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { endOfString, huffmanCodes, huffmanLengths } from "./huffman-code.ts";
import { staticIndexOf, staticTable } from "./static-table.ts";

test("the Huffman code is complete: its lengths leave no room for another code", () => {
  let room = 2 ** 30;
  for (const length of huffmanLengths) {
    assert.ok(length >= 5 && length <= 30);
    room -= 2 ** (30 - length);
  }
  assert.equal(room, 0);
});

test("no Huffman code is the start of another", () => {
  const codes = [...huffmanCodes].map((code, i) => code.toString(2).padStart(huffmanLengths[i]!, "0")).sort();
  for (let i = 1; i < codes.length; i++) assert.ok(!codes[i]!.startsWith(codes[i - 1]!), codes[i]!);
});

test("the Huffman code is that of RFC 7541 appendix B", () => {
  const some: readonly (readonly [number, number, number])[] = [
    [0, 0x1ff8, 13],
    [1, 0x7fffd8, 23],
    [0x09, 0xffffea, 24],
    [0x0a, 0x3ffffffc, 30],
    [0x2f, 0x18, 6],
    [0x30, 0x0, 5],
    [0x5c, 0x7fff0, 19],
    [0x7a, 0x7b, 7],
    [0x7f, 0xffffffc, 28],
    [0xff, 0x3ffffee, 26],
    [endOfString, 0x3fffffff, 30],
  ];
  for (const [symbol, code, length] of some) {
    assert.deepEqual([huffmanCodes[symbol], huffmanLengths[symbol]], [code, length], `symbol ${symbol}`);
  }
  // All 257 rows, the code in hexadecimal and its length: "1ff8/13 7fffd8/23 ...".
  const rows = [...huffmanCodes].map((code, i) => `${code.toString(16)}/${huffmanLengths[i]}`);
  assert.equal(
    createHash("sha256").update(rows.join(" ")).digest("hex"),
    "16f1d57f122b3befd3dd8384643c62296f61f5efa136b710eff7370c3bc9ceba",
  );
});

test("the static table is that of RFC 7541 appendix A", () => {
  assert.equal(staticTable.length, 61);
  const some: readonly (readonly [number, string, string])[] = [
    [1, ":authority", ""],
    [2, ":method", "GET"],
    [5, ":path", "/index.html"],
    [7, ":scheme", "https"],
    [14, ":status", "500"],
    [16, "accept-encoding", "gzip, deflate"],
    [19, "accept", ""],
    [28, "content-length", ""],
    [32, "cookie", ""],
    [38, "host", ""],
    [46, "location", ""],
    [55, "set-cookie", ""],
    [58, "user-agent", ""],
    [61, "www-authenticate", ""],
  ];
  for (const [index, name, value] of some) {
    assert.deepEqual([staticTable[index - 1]!.name, staticTable[index - 1]!.value], [name, value]);
  }
  const regular = staticTable.slice(14).map((field) => field.name);
  assert.deepEqual(
    [...regular].sort(),
    [...new Set(regular)].sort(),
    "no name twice after the pseudo-fields",
  );
});

test("a name's first entry in the static table is found", () => {
  assert.equal(staticIndexOf(":path"), 4);
  assert.equal(staticIndexOf("www-authenticate"), 61);
  assert.equal(staticIndexOf("x-none"), 0);
  assert.equal(staticIndexOf("constructor"), 0);
});
