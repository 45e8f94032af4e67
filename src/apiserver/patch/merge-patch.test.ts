import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { equalValues } from "../../resources/equality.ts";
import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { applyMergePatch } from "./merge-patch.ts";

const cases: readonly (readonly [string, JsonObject, JsonObject, JsonObject])[] = [
  ["replaces a value", { a: "b" }, { a: "c" }, { a: "c" }],
  ["adds a value", { a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  ["removes with null", { a: "b", b: "c" }, { a: null }, { b: "c" }],
  ["removes what is not there", { a: "b" }, { c: null }, { a: "b" }],
  ["replaces lists as a whole", { a: [{ b: "c" }] }, { a: [1, null] }, { a: [1, null] }],
  ["merges objects", { a: { b: "c", d: 1 } }, { a: { b: "d", c: null } }, { a: { b: "d", d: 1 } }],
  ["makes an object of a list", { a: ["b"] }, { a: { b: { c: null } } }, { a: { b: {} } }],
  ["makes a value of an object", { a: { b: 1 } }, { a: "c" }, { a: "c" }],
  ["leaves out nulls of new objects", {}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ["does not clear with an empty object", { a: { b: 1 } }, { a: {} }, { a: { b: 1 } }],
];

for (const [name, document, patch, result] of cases) {
  test(`a merge patch ${name}`, () => {
    const before = structuredClone(document);
    assert.deepEqual(applyMergePatch(document, patch), result);
    assert.deepEqual(document, before);
  });
}

for (const patch of [null, [], "text", 1]) {
  test(`${JSON.stringify(patch)} is no merge patch`, () => {
    assert.throws(() => applyMergePatch({}, patch), {
      reason: "BadRequest",
      message: /must be a JSON object/,
    });
  });
}

test("a merge patch must not be nested without end", () => {
  let patch: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) patch = { a: patch };
  assert.throws(() => applyMergePatch({}, patch), { reason: "BadRequest", message: /nested too deeply/ });
});

test("a merge patch cannot touch prototypes", () => {
  const patch: unknown = JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  );
  const merged = applyMergePatch({}, patch);
  assert.equal(JSON.stringify(merged), JSON.stringify(patch));
  assert.equal(({} as JsonObject)["polluted"], undefined);
});

const name = fc.constantFrom("a", "b", "c", "__proto__");
const { object } = fc.letrec<{ object: JsonObject; value: unknown }>((tie) => ({
  object: fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, 0, 1, "x", true),
    fc.array(fc.constantFrom(1, null), { maxLength: 2 }),
    tie("object"),
  ),
}));

test("a merge patch applied twice is the same as applied once", () => {
  fc.assert(
    fc.property(object, object, (document, patch) => {
      const once = applyMergePatch(document, patch);
      assert.ok(equalValues(applyMergePatch(once, patch), once));
    }),
  );
});

/** The patch that makes one object of the other, for objects without nulls. */
function diff(from: JsonObject, to: JsonObject): JsonObject {
  const entries: [string, unknown][] = [];
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) entries.push([key, null]);
  for (const key of Object.keys(to)) {
    const [before, after] = [Object.hasOwn(from, key) ? from[key] : undefined, to[key]];
    entries.push([key, isJsonObject(before) && isJsonObject(after) ? diff(before, after) : after]);
  }
  return Object.fromEntries(entries);
}

test("a merge patch can make any object of any other that has no nulls", () => {
  fc.assert(
    fc.property(object, object, (from, to) => {
      const wanted = applyMergePatch({}, to);
      assert.ok(equalValues(applyMergePatch(from, diff(from, wanted)), wanted));
    }),
  );
});
