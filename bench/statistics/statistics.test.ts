import assert from "node:assert/strict";
import test from "node:test";
import { bootstrapMedian, median, medianDeviation, randomOf } from "./statistics.ts";

test("the median of an even number of values lies between the middle two", () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([9, 1, 5]), 5);
  assert.ok(Number.isNaN(median([])));
});

test("the median deviation ignores one wild value", () => {
  assert.equal(medianDeviation([10, 11, 9, 10, 1000]), 1);
});

test("the interval of equal values has no width", () => {
  assert.deepEqual(bootstrapMedian([1.5, 1.5, 1.5, 1.5]), { low: 1.5, high: 1.5 });
});

test("the interval holds the true median about 95 times in 100", () => {
  const random = randomOf(1);
  let held = 0;
  const rounds = 200;
  for (let round = 0; round < rounds; round++) {
    // Median 1 of a skewed distribution, as disturbed timings are.
    const values = Array.from({ length: 15 }, () => Math.exp(random() + random() + random() - 1.5));
    const { low, high } = bootstrapMedian(values);
    if (low <= 1 && 1 <= high) held++;
  }
  assert.ok(held / rounds > 0.88 && held < rounds, `${held} of ${rounds}`);
});
