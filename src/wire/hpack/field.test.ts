import assert from "node:assert/strict";
import { test } from "node:test";
import { Field } from "../http1/field.ts";
import { HpackField, HpackName, isSensitive, Pseudo } from "./field.ts";

function field(name: string, value: string): HpackField {
  return new HpackField(new HpackName(name), value);
}

test("a regular field has its line, its size and its number", () => {
  const made = field("content-length", "12");
  assert.equal(made.line, "content-length: 12\r\n");
  assert.equal(made.size, 14 + 2 + 32);
  assert.equal(made.known, Field.contentLength);
  assert.equal(made.kind, Pseudo.none);
});

const kinds: readonly (readonly [name: string, value: string, kind: number])[] = [
  [":method", "GET", Pseudo.method],
  [":scheme", "https", Pseudo.scheme],
  [":authority", "a:80", Pseudo.authority],
  [":path", "/", Pseudo.path],
  [":status", "200", Pseudo.status],
  [":protocol", "websocket", Pseudo.protocol],
  [":Path", "/", Pseudo.unknown],
  [":", "", Pseudo.unknown],
  [":path", "/ HTTP/1.1\r\nhost: b", Pseudo.invalid],
  [":path", " /", Pseudo.invalid],
  [":authority", "a\0", Pseudo.invalid],
  ["x", "", Pseudo.none],
  ["x", "a b\tc", Pseudo.none],
  ["x", "\x80\xff", Pseudo.none],
  ["!#$%&'*+-.^_`|~09az", "a", Pseudo.none],
  ["te", "trailers", Pseudo.none],
  ["te", "Trailers", Pseudo.none],
  ["te", "trailers, gzip", Pseudo.invalid],
  ["te", "gzip", Pseudo.invalid],
  ["te", "trailerz", Pseudo.invalid],
  ["te", "", Pseudo.invalid],
  ["", "a", Pseudo.invalid],
  ["X", "a", Pseudo.invalid],
  ["aA", "a", Pseudo.invalid],
  ["Za", "a", Pseudo.invalid],
  ["content-Length", "1", Pseudo.invalid],
  ["a b", "a", Pseudo.invalid],
  ["a:b", "a", Pseudo.invalid],
  ["a\r\nb", "a", Pseudo.invalid],
  ["a\0", "a", Pseudo.invalid],
  ["\xe9", "a", Pseudo.invalid],
  ["a\x7f", "a", Pseudo.invalid],
  ["x", " a", Pseudo.invalid],
  ["x", "a ", Pseudo.invalid],
  ["x", "\ta", Pseudo.invalid],
  ["x", "a\t", Pseudo.invalid],
  ["x", " ", Pseudo.invalid],
  ["x", "a\r\ny: b", Pseudo.invalid],
  ["x", "a\nb", Pseudo.invalid],
  ["x", "a\rb", Pseudo.invalid],
  ["x", "a\0b", Pseudo.invalid],
  ["x", "a\x1fb", Pseudo.invalid],
  ["x", "a\x7fb", Pseudo.invalid],
  ["connection", "close", Pseudo.invalid],
  ["proxy-connection", "close", Pseudo.invalid],
  ["keep-alive", "timeout=5", Pseudo.invalid],
  ["transfer-encoding", "chunked", Pseudo.invalid],
  ["upgrade", "h2c", Pseudo.invalid],
];

test("a field is of its kind, and only a regular one has a line", () => {
  for (const [name, value, kind] of kinds) {
    const made = field(name, value);
    const label = JSON.stringify([name, value]);
    assert.equal(made.kind, kind, label);
    assert.equal(made.line, kind === Pseudo.none ? `${name}: ${value}\r\n` : "", label);
  }
});

test("credentials are sensitive", () => {
  const secret = ["authorization", "cookie", "set-cookie", "proxy-authorization", "proxy-authenticate"];
  for (const name of secret) assert.ok(isSensitive(name), name);
  for (const name of ["accept", "cookies", "x-authorization"]) assert.ok(!isSensitive(name), name);
});
