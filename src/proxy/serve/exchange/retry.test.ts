import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { mostRetryPauses } from "../../limits.ts";
import { RetryPolicy } from "./retry.ts";

test("pauses double, half of each by chance, up to a limit that is not below the first", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 40 }), (backoff, attempt) => {
      const pause = new RetryPolicy({ attempts: 40, codes: [], backoff }).pauseBefore(attempt);
      const whole = Math.min(backoff * 2 ** (attempt - 1), backoff * mostRetryPauses);
      assert.ok(pause >= whole / 2 && pause <= whole, `${pause} of ${whole}`);
    }),
  );
});

test("there is a pause where the route names none", () => {
  assert.ok(new RetryPolicy({ attempts: 1, codes: [] }).pauseBefore(1) > 0);
});
