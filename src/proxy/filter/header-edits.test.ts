import assert from "node:assert/strict";
import { test } from "node:test";
import type { HeaderFilter } from "../../program/program.ts";
import { applyEdits, type HeaderEdits, mergeEdits, NO_EDITS } from "./header-edits.ts";
import { HeaderModifiers } from "./header-modifier.ts";

function edits(more: Partial<HeaderFilter>): HeaderEdits {
  const modifiers = HeaderModifiers.forResponses();
  modifiers.apply({ type: "ResponseHeaderModifier", set: [], add: [], remove: [], ...more });
  return modifiers.compile();
}

const a = (value: string) => [{ name: "A", value }];

for (const [what, first, second, expected] of [
  ["set, set", edits({ set: a("1") }), edits({ set: a("2") }), ["A: 2"]],
  ["set, remove", edits({ set: a("1") }), edits({ remove: ["a"] }), []],
  ["remove, set", edits({ remove: ["a"] }), edits({ set: a("2") }), ["A: 2"]],
  ["add, set", edits({ add: a("1") }), edits({ set: a("2") }), ["A: 2"]],
  ["others", edits({ set: [{ name: "B", value: "1" }] }), edits({ set: a("2") }), ["B: 1", "A: 2"]],
  ["nothing, set", NO_EDITS, edits({ set: a("2") }), ["A: 2"]],
  ["set, nothing", edits({ set: a("1") }), NO_EDITS, ["A: 1"]],
] as const) {
  test(`the later of two edits decides: ${what}`, () => {
    const fields = applyEdits(mergeEdits(first, second), [["a", "0"]]);
    assert.deepEqual(
      fields.map(([name, value]) => `${name}: ${value}`),
      expected,
    );
  });
}
