import assert from "node:assert/strict";
import { test } from "node:test";
import { isAuthority } from "./authority.ts";

for (const text of [
  "",
  "a",
  "A.example.com",
  "a.example.com:80",
  "a:",
  "a:0",
  "a:65535",
  "10.0.0.1:8080",
  "[::1]",
  "[::1]:443",
  "[::ffff:10.0.0.1]:1",
  "a_b",
  "%41",
  "xn--a",
]) {
  test(`an authority: ${JSON.stringify(text)}`, () => assert.equal(isAuthority(text), true));
}

for (const text of [
  ":80",
  "a:65536",
  "a:000080",
  "a:-1",
  "a:8a",
  "a:80:80",
  "a/b",
  "a?b",
  "a#b",
  "a b",
  "a@b",
  "user:pass@a",
  "a\\b",
  "a\tb",
  "\xe9",
  "[::1",
  "::1",
  "[]",
  "[::1]a",
  "[::1%25eth0]",
  "[v1.a]",
  "[1.2.3.4]",
  "http://a",
]) {
  test(`no authority: ${JSON.stringify(text)}`, () => assert.equal(isAuthority(text), false));
}
