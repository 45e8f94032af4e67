import assert from "node:assert/strict";
import { test } from "node:test";
import type { Filter, HeaderFilter } from "../../program/program.ts";
import { applyEdits, compileFilters, NO_EDITS } from "./filter.ts";

function modifier(edits: Partial<HeaderFilter>): HeaderFilter {
  return { type: "RequestHeaderModifier", set: [], add: [], remove: [], ...edits };
}

function edit(filters: readonly Filter[], fields: [string, string][]): [string, string][] {
  return applyEdits(compileFilters(filters).request, fields);
}

test("set replaces every line, whatever the case of the name", () => {
  const filter = modifier({ set: [{ name: "X-Set", value: "new" }] });
  assert.deepEqual(
    edit(
      [filter],
      [
        ["x-set", "1"],
        ["other", "o"],
        ["X-SET", "2"],
      ],
    ),
    [
      ["other", "o"],
      ["X-Set", "new"],
    ],
  );
  assert.deepEqual(edit([filter], []), [["X-Set", "new"]]);
});

test("add appends to the value, or makes the field", () => {
  const filter = modifier({ add: [{ name: "X-Add", value: "b" }] });
  assert.deepEqual(edit([filter], [["x-add", "a"]]), [["X-Add", "a,b"]]);
  assert.deepEqual(
    edit(
      [filter],
      [
        ["x-add", "1"],
        ["x-add", "2"],
      ],
    ),
    [["X-Add", "1,2,b"]],
  );
  assert.deepEqual(edit([filter], [["other", "o"]]), [
    ["other", "o"],
    ["X-Add", "b"],
  ]);
  assert.deepEqual(edit([filter], [["x-add", ""]]), [["X-Add", "b"]]);
});

test("add to Set-Cookie makes a line of its own, and to Cookie a pair", () => {
  const cookie = { name: "Set-Cookie", value: "b=2" };
  const response = compileFilters([
    { ...modifier({ add: [cookie] }), type: "ResponseHeaderModifier" },
  ]).response;
  assert.deepEqual(applyEdits(response, [["set-cookie", "a=1"]]), [
    ["set-cookie", "a=1"],
    ["Set-Cookie", "b=2"],
  ]);
  assert.deepEqual(edit([modifier({ add: [{ name: "cookie", value: "b=2" }] })], [["Cookie", "a=1"]]), [
    ["cookie", "a=1; b=2"],
  ]);
});

test("remove takes every line", () => {
  const filter = modifier({ remove: ["x-gone"] });
  assert.deepEqual(
    edit(
      [filter],
      [
        ["X-Gone", "1"],
        ["x-gone", "2"],
        ["stay", "3"],
      ],
    ),
    [["stay", "3"]],
  );
});

test("filters of several levels run in their order", () => {
  const set = modifier({ set: [{ name: "x", value: "set" }] });
  const add = modifier({ add: [{ name: "X", value: "added" }] });
  const remove = modifier({ remove: ["x"] });
  const came: [string, string][] = [["x", "came"]];
  assert.deepEqual(edit([set, add], came), [["X", "set,added"]]);
  assert.deepEqual(edit([add, set], came), [["x", "set"]]);
  assert.deepEqual(edit([add, add], came), [["X", "came,added,added"]]);
  assert.deepEqual(edit([remove, add], came), [["X", "added"]]);
  assert.deepEqual(edit([set, remove], came), []);
});

test("the first of equivalent names in one list counts", () => {
  const set = [
    { name: "x", value: "1" },
    { name: "X", value: "2" },
  ];
  assert.deepEqual(edit([modifier({ set })], []), [["x", "1"]]);
});

test("fields that frame a message cannot be touched", () => {
  const names = [
    "Connection",
    "Transfer-Encoding",
    "content-length",
    "TE",
    "Trailer",
    "Upgrade",
    "Keep-Alive",
  ];
  const fields = names.map((name) => ({ name, value: "x" }));
  const filters = [modifier({ set: fields }), modifier({ add: fields }), modifier({ remove: names })];
  assert.equal(compileFilters(filters).request, NO_EDITS);
  const response = filters.map((one) => ({ ...one, type: "ResponseHeaderModifier" as const }));
  assert.equal(compileFilters(response).response, NO_EDITS);
});

test("what cannot be a header line is left out", () => {
  const set = [
    { name: "a b", value: "1" },
    { name: ":path", value: "/" },
    { name: "x", value: "1\r\nEvil: 1" },
    { name: "", value: "1" },
  ];
  assert.equal(compileFilters([modifier({ set, add: set })]).request, NO_EDITS);
});

test("text travels as UTF-8", () => {
  const { request } = compileFilters([modifier({ set: [{ name: "x", value: "é" }] })]);
  assert.equal(request.fixed, "x: Ã©\r\n");
});

test("Host that is set is a rewrite; it is not added or removed", () => {
  const host = { name: "Host", value: "b.org" };
  const set = compileFilters([modifier({ set: [host] })]);
  assert.equal(set.request, NO_EDITS);
  assert.equal(set.rewrite?.hostname, "b.org");
  assert.equal(set.rewrite?.target("/a?b", 0), "/a?b");
  const other = compileFilters([modifier({ add: [host], remove: ["host"] })]);
  assert.equal(other.request, NO_EDITS);
  assert.equal(other.rewrite, undefined);
  assert.equal(compileFilters([modifier({ set: [{ name: "host", value: "a b" }] })]).rewrite, undefined);
});

test("the last rewrite of host and of path counts, each for itself", () => {
  const { rewrite } = compileFilters([
    { type: "URLRewrite", hostname: "rule.org", path: { type: "ReplacePrefixMatch", value: "/rule" } },
    { type: "URLRewrite", hostname: "backend.org" },
  ]);
  assert.equal(rewrite?.hostname, "backend.org");
  assert.equal(rewrite?.target("/a/b?c", 2), "/rule/b?c");
});

test("no filters are the same object for everyone", () => {
  assert.equal(compileFilters([]), compileFilters([]));
  assert.equal(compileFilters([]).request, NO_EDITS);
});

test("mayDrop spares lines of other lengths", () => {
  const { request } = compileFilters([modifier({ remove: ["abc", "x".repeat(60)] })]);
  assert.ok(request.mayDrop(3));
  assert.ok(request.mayDrop(40), "31 characters and more share a bit");
  assert.ok(!request.mayDrop(4));
  assert.ok(request.drops("abc"));
});
