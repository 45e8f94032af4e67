import assert from "node:assert/strict";
import { test } from "node:test";
import { milliseconds } from "./duration.ts";

test("Durations of GEP-2257 are sums of whole units", () => {
  for (const [text, expected] of [
    ["0s", 0],
    ["500ms", 500],
    ["10s", 10_000],
    ["1m", 60_000],
    ["1h30m", 5_400_000],
    ["1h2m3s4ms", 3_723_004],
    ["30m1h", 5_400_000],
  ] as const) {
    assert.equal(milliseconds(text), expected, text);
  }
});
