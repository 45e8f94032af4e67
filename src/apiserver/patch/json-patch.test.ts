import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, type Reason } from "../error.ts";
import { applyJsonPatch } from "./json-patch.ts";

interface Case {
  readonly name: string;
  readonly document: object;
  readonly patch: unknown;
  readonly result: unknown;
}

const works: readonly Case[] = [
  {
    name: "adds a field",
    document: { spec: { a: 1 } },
    patch: [{ op: "add", path: "/spec/b", value: { c: [] } }],
    result: { spec: { a: 1, b: { c: [] } } },
  },
  {
    name: "adds over a field that is there",
    document: { a: 1 },
    patch: [{ op: "add", path: "/a", value: 2 }],
    result: { a: 2 },
  },
  {
    name: "inserts an element before another",
    document: { list: ["a", "c"] },
    patch: [{ op: "add", path: "/list/1", value: "b" }],
    result: { list: ["a", "b", "c"] },
  },
  {
    name: "appends with - and with the length",
    document: { list: ["a"] },
    patch: [
      { op: "add", path: "/list/-", value: "b" },
      { op: "add", path: "/list/2", value: ["c"] },
    ],
    result: { list: ["a", "b", ["c"]] },
  },
  {
    name: "changes what it added",
    document: {},
    patch: [
      { op: "add", path: "/a", value: { b: 1 } },
      { op: "add", path: "/a/c", value: 2 },
    ],
    result: { a: { b: 1, c: 2 } },
  },
  {
    name: "removes a field and an element",
    document: { a: 1, list: ["a", "b", "c"] },
    patch: [
      { op: "remove", path: "/a" },
      { op: "remove", path: "/list/1" },
    ],
    result: { list: ["a", "c"] },
  },
  {
    name: "replaces a field and an element",
    document: { a: 1, list: ["a", "b"] },
    patch: [
      { op: "replace", path: "/a", value: null },
      { op: "replace", path: "/list/0", value: "z" },
    ],
    result: { a: null, list: ["z", "b"] },
  },
  {
    name: "moves a field, also within a list",
    document: { a: { x: 1, y: 2 }, b: {}, list: [1, 2, 3, 4] },
    patch: [
      { op: "move", from: "/a/x", path: "/b/z" },
      { op: "move", from: "/list/1", path: "/list/3" },
    ],
    result: { a: { y: 2 }, b: { z: 1 }, list: [1, 3, 4, 2] },
  },
  {
    name: "copies a value that then changes by itself",
    document: { a: { x: [1] } },
    patch: [
      { op: "copy", from: "/a", path: "/b" },
      { op: "add", path: "/b/x/-", value: 2 },
    ],
    result: { a: { x: [1] }, b: { x: [1, 2] } },
  },
  {
    name: "tests values whatever the order of their fields",
    document: { a: { x: 1, y: [null] } },
    patch: [
      { op: "test", path: "/a", value: { y: [null], x: 1 } },
      { op: "test", path: "", value: { a: { x: 1, y: [null] } } },
    ],
    result: { a: { x: 1, y: [null] } },
  },
  {
    name: "unescapes ~1 and ~0, in this order",
    document: { "a/b": { "m~n": 1, "~1": 2 } },
    patch: [
      { op: "replace", path: "/a~1b/m~0n", value: 3 },
      { op: "remove", path: "/a~1b/~01" },
    ],
    result: { "a/b": { "m~n": 3 } },
  },
  {
    name: "knows the empty name",
    document: { "": 1 },
    patch: [{ op: "replace", path: "/", value: 2 }],
    result: { "": 2 },
  },
  {
    name: "ignores unknown members of operations",
    document: { a: 1 },
    patch: [{ op: "add", path: "/b", value: 2, note: "x" }],
    result: { a: 1, b: 2 },
  },
  { name: "does nothing without operations", document: { a: 1 }, patch: [], result: { a: 1 } },
  {
    name: "replaces the document",
    document: { a: 1 },
    patch: [{ op: "replace", path: "", value: ["x"] }],
    result: ["x"],
  },
  {
    name: "replaces a missing field, as kube-apiserver does",
    document: {},
    patch: [{ op: "replace", path: "/a", value: 1 }],
    result: { a: 1 },
  },
  {
    name: "tests a missing field for null, as kube-apiserver does",
    document: {},
    patch: [{ op: "test", path: "/a", value: null }],
    result: {},
  },
  {
    name: "counts negative indices from the end, as kube-apiserver does",
    document: { list: [1, 2, 3] },
    patch: [
      { op: "remove", path: "/list/-1" },
      { op: "add", path: "/list/-1", value: 9 },
    ],
    result: { list: [1, 2, 9] },
  },
];

for (const { name, document, patch, result } of works) {
  test(`a JSON patch ${name}`, () => {
    const before = structuredClone({ document, patch });
    assert.deepEqual(applyJsonPatch(document as Record<string, unknown>, patch), result);
    assert.deepEqual({ document, patch }, before);
  });
}

const refused: readonly (readonly [string, unknown, Reason, RegExp])[] = [
  ["is no list", { op: "add" }, "BadRequest", /list of operations/],
  ["has an operation that is no object", ["add"], "BadRequest", /operation 0 must be an object/],
  ["has a path that is no string", [{ op: "remove", path: 1 }], "BadRequest", /operation 0: "path"/],
  ["has no op", [{ path: "/a" }], "Invalid", /operation 0 has no "op"/],
  ["has no path", [{ op: "remove" }], "Invalid", /operation 0 has no "path"/],
  ["has no value", [{ op: "add", path: "/a" }], "Invalid", /operation 0 has no "value"/],
  ["has no from", [{ op: "copy", path: "/a" }], "Invalid", /operation 0 has no "from"/],
  ["has an unknown op", [{ op: "merge", path: "/a" }], "Invalid", /\(merge "\/a"\): unknown operation/],
  ["has a bad pointer", [{ op: "remove", path: "a" }], "Invalid", /"a" is not a JSON pointer/],
  ["has a bad escape", [{ op: "remove", path: "/~2" }], "Invalid", /is not a JSON pointer/],
  ["removes what is not there", [{ op: "remove", path: "/b" }], "Invalid", /nothing at "\/b"/],
  ["adds below what is not there", [{ op: "add", path: "/b/c", value: 1 }], "Invalid", /missing/],
  ["adds below a string", [{ op: "add", path: "/s/c", value: 1 }], "Invalid", /missing/],
  ["adds beyond the end", [{ op: "add", path: "/list/3", value: 1 }], "Invalid", /"3" is not an index/],
  ["names no index", [{ op: "add", path: "/list/x", value: 1 }], "Invalid", /"x" is not an index/],
  ["replaces beyond the end", [{ op: "replace", path: "/list/2", value: 1 }], "Invalid", /not an index/],
  ["moves a field into itself", [{ op: "move", from: "/a", path: "/a/b" }], "Invalid", /missing/],
  ["removes the document", [{ op: "remove", path: "" }], "Invalid", /tested and replaced/],
  ["fails a test", [{ op: "test", path: "/a", value: { x: "1" } }], "Invalid", /operation 0 .*test failed/],
  ["tests a number for a string", [{ op: "test", path: "/a/x", value: "1" }], "Invalid", /test failed/],
  ["reaches for the prototype", [{ op: "add", path: "/__proto__/x", value: 1 }], "Invalid", /missing/],
  ["reaches for the constructor", [{ op: "remove", path: "/constructor" }], "Invalid", /nothing at/],
];

for (const [name, patch, reason, message] of refused) {
  test(`a JSON patch that ${name} is refused`, () => {
    const document = { a: { x: 1 }, s: "text", list: [1, 2] };
    assert.throws(
      () => applyJsonPatch(document, patch),
      (error) => error instanceof ApiError && error.reason === reason && message.test(error.message),
    );
  });
}

test("a JSON patch may have 10 000 operations and not one more", () => {
  const operations = Array.from({ length: 10_000 }, () => ({ op: "add", path: "/list/-", value: 1 }));
  assert.equal((applyJsonPatch({ list: [] }, operations) as { list: [] }).list.length, 10_000);
  assert.throws(() => applyJsonPatch({ list: [] }, [...operations, operations[0]]), {
    reason: "RequestEntityTooLarge",
  });
});

test("a JSON patch cannot blow up a document with copies", () => {
  const double = { op: "copy", from: "/a", path: "/a/-" };
  assert.throws(
    () =>
      applyJsonPatch(
        { a: ["x".repeat(1000)] },
        Array.from({ length: 100 }, () => double),
      ),
    {
      reason: "Invalid",
      message: /copies more than/,
    },
  );
});

test("a JSON patch cannot shift long lists without end", () => {
  const list = Array.from({ length: 20_000 }, () => 1);
  const patch = Array.from({ length: 10_000 }, () => ({ op: "add", path: "/list/0", value: 1 }));
  assert.throws(() => applyJsonPatch({ list }, patch), {
    reason: "Invalid",
    message: /too many list elements/,
  });
});

test("a JSON patch cannot nest a document without end", () => {
  const deeper = [
    { op: "add", path: "/b", value: {} },
    { op: "move", from: "/a", path: "/b/a" },
    { op: "move", from: "/b", path: "/a" },
  ];
  const patch = Array.from({ length: 1000 }, () => deeper).flat();
  assert.throws(() => applyJsonPatch({ a: {} }, patch), {
    reason: "BadRequest",
    message: /nested too deeply/,
  });
});

test("a JSON patch can name a field __proto__, which is a field like any other", () => {
  const patched = applyJsonPatch({}, [{ op: "add", path: "/__proto__", value: { x: 1 } }]) as object;
  assert.equal(JSON.stringify(patched), '{"__proto__":{"x":1}}');
  assert.equal(Object.getPrototypeOf(patched), Object.prototype);
});
