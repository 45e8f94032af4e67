import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as check, jsonValue, property } from "fast-check";
import { duplicateFields } from "./duplicate-fields.ts";

for (const [text, fields] of [
  ['{"a":1,"a":2}', ["a"]],
  ['{"spec":{"rules":[{"name":"x"},{"name":"x","name":"y"}]}}', ["spec.rules[1].name"]],
  ['{"a":{"b":1},"c":{"b":1}}', []],
  ['{"a":"{\\"a\\":1,","b":["a","a"]}', []],
  ['{"a":1,"\\u0061":2}', ["a"]],
  ['{"metadata":{"labels":{"x/y":"1","x/y":"2"}}}', ["metadata.labels[x/y]"]],
] as const) {
  test(`${text} has ${fields.join() || "none"} twice`, () => {
    assert.deepEqual(duplicateFields(text), fields);
  });
}

test("what JSON.stringify writes has no field twice", () => {
  check(
    property(jsonValue(), (value) => {
      assert.deepEqual(duplicateFields(JSON.stringify(value)), []);
    }),
  );
});
