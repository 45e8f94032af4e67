import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { RetryBudget } from "./retry-budget.ts";

const limits = { percent: 20, interval: 10_000, minCount: 0, minInterval: 1000 };

test("a share of the requests may be retries", () => {
  const budget = new RetryBudget(limits);
  for (let i = 0; i < 100; i++) budget.noteRequest(i);
  const taken = Array.from({ length: 100 }, () => budget.take(100)).filter(Boolean).length;
  assert.equal(taken, 20);
});

test("without requests there are none but those that are always allowed", () => {
  assert.equal(new RetryBudget(limits).take(0), false);
  const budget = new RetryBudget({ ...limits, minCount: 3 });
  assert.deepEqual(
    Array.from({ length: 5 }, () => budget.take(10)),
    [true, true, true, false, false],
  );
  assert.equal(budget.take(2000), true);
});

test("what was long ago counts no more", () => {
  const budget = new RetryBudget(limits);
  for (let i = 0; i < 100; i++) budget.noteRequest(0);
  assert.equal(budget.take(30_000), false);
});

test("however requests and retries come, retries stay within their share and their least number", () => {
  const event = fc.record({ pause: fc.integer({ min: 0, max: 300 }), fails: fc.boolean() });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 300 }), fc.integer({ min: 0, max: 5 }), (events, minCount) => {
      const budget = new RetryBudget({ ...limits, minCount });
      let time = 0;
      let requests = 0;
      let retries = 0;
      for (const { pause, fails } of events) {
        time += pause;
        budget.noteRequest(time);
        requests++;
        if (fails && budget.take(time)) retries++;
      }
      // Every `minInterval` has its least number; the counters look back on half of it at least.
      const always = minCount * (Math.ceil(time / (limits.minInterval / 2)) + 1);
      assert.ok(retries <= 0.2 * requests + always);
    }),
  );
});
