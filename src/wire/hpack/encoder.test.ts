import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { encodeDecoded, encodeField, encodeLine, encodeRequestStart, encodeStatus } from "./encoder.ts";
import { HpackField, HpackName } from "./field.ts";

/** Encodes `line` as it stands in a head, between other lines. */
function encode(line: string): string {
  const text = `GET / HTTP/1.1\r\na: b\r\n${line}\r\nc: d\r\n\r\n`;
  const start = text.indexOf(line);
  const colon = line.indexOf(":");
  const value = line.slice(colon + 1).trim();
  const valueStart = start + line.indexOf(value, colon + 1);
  return encodeLine(text, start, start + colon, valueStart, valueStart + value.length);
}

const encoded: readonly (readonly [line: string, octets: string])[] = [
  ["X-A: b", "\x00\x03x-a\x01b"],
  ["x-a:b", "\x00\x03x-a\x01b"],
  ["X-Empty:", "\x00\x07x-empty\x00"],
  // 4-bit prefix: 19 is 15 and 4.
  ["Accept: */*", "\x0f\x04\x03*/*"],
  ["Accept-Charset: *", "\x0f\x00\x01*"],
  ["Accept-Encoding: gzip, deflate", "\x90"],
  ["Accept-Encoding: gzip, deflat2", "\x0f\x01\x0dgzip, deflat2"],
  ["Accept-Encoding: gzip", "\x0f\x01\x04gzip"],
  ["Accept:", "\x93"],
  ["Cookie: a=b", "\x1f\x11\x03a=b"],
  ["Authorization: Basic eA==", "\x1f\x08\x0aBasic eA=="],
  ["Set-Cookie: a=b", "\x1f\x28\x03a=b"],
  ["Proxy-Authorization: x", "\x1f\x22\x01x"],
  ["Proxy-Status: x", "\x10\x0cproxy-status\x01x"],
  ["X: \xe9\xff", "\x00\x01x\x02\xe9\xff"],
  [`X: ${"v".repeat(126)}`, `\x00\x01x\x7e${"v".repeat(126)}`],
  [`X: ${"v".repeat(127)}`, `\x00\x01x\x7f\x00${"v".repeat(127)}`],
  [`X: ${"v".repeat(300)}`, `\x00\x01x\x7f\xad\x01${"v".repeat(300)}`],
  [`${"N".repeat(200)}: v`, `\x00\x7f\x49${"n".repeat(200)}\x01v`],
];

test("a line of a head becomes a literal that no table keeps", () => {
  for (const [line, octets] of encoded) {
    assert.equal(encode(line), octets, line);
    assert.equal(encode(line), octets, `${line} once more, now that its name is known`);
  }
});

test("a field by its lower-case name", () => {
  assert.equal(encodeField("x-a", "b"), "\x00\x03x-a\x01b");
  assert.equal(encodeField(":protocol", "websocket"), "\x00\x09:protocol\x09websocket");
  assert.equal(encodeField("accept-encoding", "gzip, deflate"), "\x90");
  assert.equal(encodeField("x-empty", ""), "\x00\x07x-empty\x00");
  assert.equal(encodeField("cookie", "a"), "\x1f\x11\x01a");
});

test("what came as a literal that is never indexed goes on as one", () => {
  const fields: readonly (readonly [name: string, value: string, octets: string])[] = [
    ["x-secret", "s", "\x10\x08x-secret\x01s"],
    ["accept-encoding", "gzip, deflate", "\x1f\x01\x0dgzip, deflate"],
    ["cookie", "a=b", "\x1f\x11\x03a=b"],
  ];
  for (const [name, value, octets] of fields) {
    const named = new HpackName(name);
    assert.equal(encodeDecoded(new HpackField(named, value, true)), octets, name);
    assert.equal(encodeDecoded(new HpackField(named, value)), encodeField(name, value), name);
  }
});

test("a status is one octet when the static table has it", () => {
  const indexed = {
    200: "\x88",
    204: "\x89",
    206: "\x8a",
    304: "\x8b",
    400: "\x8c",
    404: "\x8d",
    500: "\x8e",
  };
  for (const [status, octets] of Object.entries(indexed)) assert.equal(encodeStatus(Number(status)), octets);
  assert.equal(encodeStatus(302), "\x08\x03302");
  assert.equal(encodeStatus(999), "\x08\x03999");
});

test("the start of a request", () => {
  assert.equal(encodeRequestStart("GET", "a", "/"), "\x82\x01\x01a\x84");
  assert.equal(encodeRequestStart("POST", "a:1", "/b"), "\x83\x01\x03a:1\x04\x02/b");
  assert.equal(encodeRequestStart("PUT", "", "*"), "\x02\x03PUT\x04\x01*");
});

test("more names than are kept come out right, each time", () => {
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 5000; i++) {
      const name = `x-${i * 7919}`;
      assert.equal(encode(`${name}: ${i}`), encodeField(name, String(i)));
      assert.ok(encode(`${name}: v`).startsWith(`\x00${String.fromCharCode(name.length)}${name}`));
    }
  }
});

test("a name that begins like one that is kept is not taken for it", () => {
  // Enough pairs for some of them to share a slot.
  for (let i = 0; i < 5000; i++) {
    const long = `n${createHash("md5").update(String(i)).digest("hex").slice(0, 12)}`;
    for (let length = long.length - 3; length <= long.length; length++) {
      const name = long.slice(0, length);
      assert.equal(encode(`${name}: v`), `\x00${String.fromCharCode(length)}${name}\x01v`);
    }
  }
});
