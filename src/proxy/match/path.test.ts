import assert from "node:assert/strict";
import { test } from "node:test";
import { normalizeTarget } from "./path.ts";

test("a normal target is returned as it is", () => {
  const targets = [
    "/",
    "/a/b",
    "/a//b",
    "//a",
    "/a/",
    "/.well-known/x",
    "/a..b/..c/c..",
    "/a.",
    "/...",
    "/a;v=1/b",
  ];
  for (const target of [
    ...targets,
    "/?",
    "/a?b=/../c",
    "/a?%zz%",
    "/a?b\\c",
    "/caf\u00e9",
    "/a%20b",
    "/a%2Fb",
  ]) {
    assert.equal(normalizeTarget(target), target);
  }
});

test("dot segments are resolved, however they are written", () => {
  const rows: [string, string][] = [
    ["/a/./b", "/a/b"],
    ["/a/../b", "/b"],
    ["/a/b/..", "/a/"],
    ["/a/b/.", "/a/b/"],
    ["/a/b/../../c?x=/../", "/c?x=/../"],
    ["/a/..", "/"],
    ["/.", "/"],
    ["/a/%2e%2e/b", "/b"],
    ["/a/%2E./b", "/b"],
    ["/a/.%2e?q", "/?q"],
    ["/a/%2e/b", "/a/b"],
    ["/a//../b", "/a/b"],
    ["/a/.?x", "/a/?x"],
  ];
  for (const [target, want] of rows) assert.equal(normalizeTarget(target), want, target);
});

test("escapes: upper case, and none for unreserved characters", () => {
  assert.equal(normalizeTarget("/%61dmin/%7Eme?%61"), "/admin/~me?%61");
  assert.equal(normalizeTarget("/caf%c3%a9%2f"), "/caf%C3%A9%2F");
  assert.equal(normalizeTarget("/%252e%252e/"), "/%252e%252e/", "decoded once, not twice");
});

test("what backends read in different ways is refused", () => {
  const climbing = ["/..", "/../a", "/a/../..", "/%2e%2e/a", "/a/%2e%2e/%2e%2e/b"];
  const disguised = [
    "/a/..;/b",
    "/a/..;x=1",
    "/a/..%2fb",
    "/a/b%2f..",
    "/a/..%5cb",
    "/a/%2e%2e%2f",
    "/a/.;/b",
  ];
  const characters = ["/a#b", "/a?b#c", "/a b", "/a\tb", "/a\r\nb", "/a\0", "/a\x7f", "/a\\b", "/a?b c"];
  const escapes = ["/%", "/%4", "/%zz", "/a%00b"];
  for (const target of [
    ...climbing,
    ...disguised,
    ...characters,
    ...escapes,
    "",
    "*",
    "a",
    "?a",
    "http://a/",
  ]) {
    assert.equal(normalizeTarget(target), undefined, JSON.stringify(target));
  }
});

test("normal form is reached in one step", () => {
  const pieces = ["/", ".", "%2e", "%2F", ";", "a", "%61", "%25", "?", "2e"];
  for (let number = 0; number < 200_000; number++) {
    let target = "/";
    for (let rest = number; rest > 0; rest = Math.floor(rest / pieces.length))
      target += pieces[rest % pieces.length]!;
    const once = normalizeTarget(target);
    if (once !== undefined) assert.equal(normalizeTarget(once), once, target);
  }
});
