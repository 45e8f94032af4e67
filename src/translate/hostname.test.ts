import assert from "node:assert/strict";
import { test } from "node:test";
import { hostnamesIntersect } from "./hostname.ts";

const rows: readonly (readonly [string, string, boolean])[] = [
  ["", "", true],
  ["", "a.example.com", true],
  ["a.example.com", "a.example.com", true],
  ["a.example.com", "b.example.com", false],
  ["*.example.com", "a.example.com", true],
  ["*.example.com", "b.a.example.com", true],
  ["*.example.com", "example.com", false],
  ["*.example.com", "notexample.com", false],
  ["*.example.com", "*.example.com", true],
  ["*.example.com", "*.a.example.com", true],
  ["*.example.com", "*.com", true],
  ["*.example.com", "*.org", false],
  ["*.a.example.com", "*.b.example.com", false],
  ["*.example.com", "*.xexample.com", false],
];

for (const [a, b, expected] of rows) {
  test(`"${a}" and "${b}" ${expected ? "meet" : "do not meet"}`, () => {
    assert.equal(hostnamesIntersect(a, b), expected);
    assert.equal(hostnamesIntersect(b, a), expected);
  });
}
