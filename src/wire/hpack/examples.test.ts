import assert from "node:assert/strict";
import { test } from "node:test";
import { HpackDecoder } from "./decoder.ts";
import { decodeBlock, lines, octets, tableLines } from "./testing.ts";

/** A block of RFC 7541 appendix C: its octets, its fields, then the dynamic table and its size. */
interface Example {
  readonly name: string;
  readonly block: string;
  readonly fields: readonly string[];
  readonly table: readonly string[];
  readonly size: number;
}

const single: readonly Example[] = [
  {
    name: "C.2.1 literal field with indexing",
    block: "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
    fields: ["custom-key: custom-header"],
    table: ["custom-key: custom-header"],
    size: 55,
  },
  {
    name: "C.2.2 literal field without indexing",
    block: "040c 2f73 616d 706c 652f 7061 7468",
    fields: [":path: /sample/path"],
    table: [],
    size: 0,
  },
  {
    name: "C.2.3 literal field never indexed",
    block: "1008 7061 7373 776f 7264 0673 6563 7265 74",
    fields: ["password: secret"],
    table: [],
    size: 0,
  },
  { name: "C.2.4 indexed field", block: "82", fields: [":method: GET"], table: [], size: 0 },
];

const requestFields = [
  [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
  [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"],
  [
    ":method: GET",
    ":scheme: https",
    ":path: /index.html",
    ":authority: www.example.com",
    "custom-key: custom-value",
  ],
];
const requestTables = [
  [":authority: www.example.com"],
  ["cache-control: no-cache", ":authority: www.example.com"],
  ["custom-key: custom-value", "cache-control: no-cache", ":authority: www.example.com"],
];
const requestSizes = [57, 110, 164];

const first = "date: Mon, 21 Oct 2013 20:13:21 GMT";
const second = "date: Mon, 21 Oct 2013 20:13:22 GMT";
const location = "location: https://www.example.com";
const cookie = "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";
const responseFields = [
  [":status: 302", "cache-control: private", first, location],
  [":status: 307", "cache-control: private", first, location],
  [":status: 200", "cache-control: private", second, location, "content-encoding: gzip", cookie],
];
const responseTables = [
  [location, first, "cache-control: private", ":status: 302"],
  [":status: 307", location, first, "cache-control: private"],
  [cookie, "content-encoding: gzip", second],
];
const responseSizes = [222, 222, 215];

const series = [
  {
    name: "C.3 requests",
    limit: "",
    fields: requestFields,
    tables: requestTables,
    sizes: requestSizes,
    blocks: [
      "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
      "8286 84be 5808 6e6f 2d63 6163 6865",
      "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
    ],
  },
  {
    name: "C.4 requests with Huffman code",
    limit: "",
    fields: requestFields,
    tables: requestTables,
    sizes: requestSizes,
    blocks: [
      "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
      "8286 84be 5886 a8eb 1064 9cbf",
      "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
    ],
  },
  {
    name: "C.5 responses",
    limit: "3fe101",
    fields: responseFields,
    tables: responseTables,
    sizes: responseSizes,
    blocks: [
      "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120" +
        "474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
      "4803 3330 37c1 c0bf",
      "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738" +
        "666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33" +
        "3630 303b 2076 6572 7369 6f6e 3d31",
    ],
  },
  {
    name: "C.6 responses with Huffman code",
    limit: "3fe101",
    fields: responseFields,
    tables: responseTables,
    sizes: responseSizes,
    blocks: [
      "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718" +
        "63c7 8f0b 97c8 e9ae 82ae 43d3",
      "4883 640e ffc1 c0bf",
      "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7" +
        "b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
    ],
  },
];

function check(decoder: HpackDecoder, example: Example): void {
  const { fault, fields } = decodeBlock(decoder, octets(example.block));
  assert.equal(fault, undefined);
  assert.deepEqual(lines(fields), example.fields);
  assert.deepEqual(tableLines(decoder), example.table);
  assert.equal(decoder.table.size, example.size);
}

for (const example of single) {
  test(`RFC 7541 ${example.name}`, () => check(new HpackDecoder(4096), example));
}

for (const { name, limit, blocks, fields, tables, sizes } of series) {
  test(`RFC 7541 ${name}`, () => {
    const decoder = new HpackDecoder(limit === "" ? 4096 : 256);
    assert.equal(decodeBlock(decoder, octets(limit)).fault, undefined);
    blocks.forEach((block, i) =>
      check(decoder, { name, block, fields: fields[i]!, table: tables[i]!, size: sizes[i]! }),
    );
  });
}

// Section C.1 shows integers by themselves. The size of the table is one that a block can hold.
for (const [block, limit] of [
  ["2a", 10],
  ["3f9a0a", 1337],
  ["3f0b", 42],
  ["20", 0],
  ["3f00", 31],
  ["3fe11f", 4096],
] as const) {
  test(`RFC 7541 C.1 the integer ${limit} with a prefix of 5 bits`, () => {
    const decoder = new HpackDecoder(4096);
    assert.deepEqual(decodeBlock(decoder, octets(block)), { fault: undefined, fields: [] });
    assert.equal(decoder.table.limit, limit);
  });
}
