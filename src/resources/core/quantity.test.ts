import assert from "node:assert/strict";
import { test } from "node:test";
import { quantityFault, quantityValue } from "./quantity.ts";

test("Quantities are numbers with units", () => {
  const values: readonly (readonly [unknown, number])[] = [
    [1, 1],
    [0.5, 0.5],
    ["100m", 0.1],
    ["1.5", 1.5],
    [".5", 0.5],
    ["2.", 2],
    ["-1", -1],
    ["+1k", 1000],
    ["1Ki", 1024],
    ["2Gi", 2 * 2 ** 30],
    ["1e3", 1000],
    ["1E3", 1000],
    ["1E", 1e18],
    ["12e-1", 1.2],
  ];
  for (const [quantity, value] of values) assert.equal(quantityValue(quantity), value, String(quantity));
});

test("Anything else is refused", () => {
  for (const quantity of [
    "",
    "a",
    "1 Gi",
    "1gi",
    "1KI",
    "1e",
    "1.2.3",
    "--1",
    "1".repeat(100),
    NaN,
    Infinity,
  ]) {
    assert.match(quantityFault(quantity)!, /is not a quantity/, String(quantity));
  }
  for (const quantity of [null, true, {}, []]) assert.match(quantityFault(quantity)!, /^Expected a quantity/);
});
