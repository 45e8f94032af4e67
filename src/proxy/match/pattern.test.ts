import assert from "node:assert/strict";
import { test } from "node:test";
import { compilePattern, literalPrefix } from "./pattern.ts";

test("a pattern matches the whole text", () => {
  const pattern = compilePattern("/a/(b|c)");
  assert.ok(pattern?.test("/a/b"));
  assert.ok(!pattern?.test("/a/bc"));
  assert.ok(!pattern?.test("/x/a/b"));
});

test("what is not RE2 syntax is no pattern", () => {
  for (const source of ["(", "a(?=b)", "(a)\\1", "*"])
    assert.equal(compilePattern(source), undefined, source);
});

test("a pattern that makes others backtrack takes linear time", () => {
  // (a+)+$ on 50 a and a b takes a backtracking engine 2^50 steps: it would never end.
  assert.equal(compilePattern("(a+)+$")?.test(`${"a".repeat(50)}b`), false);
});

test("the literal segments that a pattern begins with", () => {
  const rows: [string, string][] = [
    ["/api/v1/users/[0-9]+", "/api/v1/users"],
    ["^/api/v1$", "/api"],
    ["/api/v1", "/api"],
    ["/api", ""],
    ["/a/b?", "/a"],
    ["/a/b/?", "/a"],
    ["/a/b{2}/c", "/a"],
    ["/a/b*/c", "/a"],
    ["/a/.*|/b/.*", ""],
    ["/a/(b|c)/d", "/a"],
    ["/a/[|]/b", "/a"],
    ["/a/[[]|/b/x", ""],
    ["/a/[]|]/b", "/a"],
    ["/a/[^]|]/b", "/a"],
    ["/a/\\|/b", "/a/|"],
    ["/a\\.b/c", "/a.b"],
    ["/a/\\d/b", "/a"],
    ["/a/\\Q|\\E/b", ""],
    ["(?i)/a/b/c", ""],
    [".*/a/b", ""],
    ["a/b/c", ""],
  ];
  for (const [source, want] of rows) assert.equal(literalPrefix(source), want, source);
});
