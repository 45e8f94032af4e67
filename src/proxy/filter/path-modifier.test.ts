import assert from "node:assert/strict";
import { test } from "node:test";
import { PathEdit } from "./path-modifier.ts";

test("ReplacePrefixMatch: the specification's table", () => {
  const rows: [path: string, prefix: string, replacement: string, want: string][] = [
    ["/foo/bar", "/foo", "/xyz", "/xyz/bar"],
    ["/foo/bar", "/foo", "/xyz/", "/xyz/bar"],
    ["/foo", "/foo", "/xyz", "/xyz"],
    ["/foo/", "/foo", "/xyz", "/xyz/"],
    ["/foo/bar", "/foo", "", "/bar"],
    ["/foo/", "/foo", "", "/"],
    ["/foo", "/foo", "", "/"],
    ["/foo/", "/foo", "/", "/"],
    ["/foo", "/foo", "/", "/"],
    // A prefix `/foo/` is the prefix `/foo` in a program. And the prefix `/`:
    ["/", "", "/xyz", "/xyz/"],
    ["/bar", "", "/xyz", "/xyz/bar"],
    ["/bar", "", "/", "/bar"],
  ];
  for (const [path, prefix, replacement, want] of rows) {
    const edit = new PathEdit({ type: "ReplacePrefixMatch", value: replacement });
    assert.equal(edit.apply(path, prefix.length), want, `${path}: ${prefix} to ${replacement}`);
    assert.equal(edit.apply(`${path}?a=/foo`, prefix.length), `${want}?a=/foo`);
  }
});

test("ReplacePrefixMatch leaves a path alone that was not matched by prefix", () => {
  const edit = new PathEdit({ type: "ReplacePrefixMatch", value: "/xyz" });
  assert.equal(edit.apply("/foo/bar?x", undefined), "/foo/bar?x");
});

test("ReplaceFullPath replaces the path and keeps the query", () => {
  assert.equal(
    new PathEdit({ type: "ReplaceFullPath", value: "/new" }).apply("/a/b?x=1", undefined),
    "/new?x=1",
  );
  assert.equal(new PathEdit({ type: "ReplaceFullPath", value: "/new" }).apply("/a/b", 2), "/new");
  assert.equal(new PathEdit({ type: "ReplaceFullPath", value: "/new?y=2" }).apply("/a?x=1", 2), "/new?y=2");
  assert.equal(new PathEdit({ type: "ReplaceFullPath", value: "" }).apply("/a?x=1", 2), "/?x=1");
  assert.equal(new PathEdit({ type: "ReplaceFullPath", value: "a b#c" }).apply("/a", 2), "/a%20b%23c");
});
