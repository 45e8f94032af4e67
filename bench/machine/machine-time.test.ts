import assert from "node:assert/strict";
import test from "node:test";
import { loadBetween, parseMachineTime } from "./machine-time.ts";

const before = "cpu  2 0 2 196 0 0 0 0 0 0\ncpu0 1 0 1 98 0 0 0 0 0 0\ncpu1 1 0 1 98 0 0 0 0 0 0\nintr 1 2\n";
const after =
  "cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 41 0 31 118 0 0 10 0 0 0\ncpu1 1 0 1 188 0 0 0 10 0 0\nintr 3 4\n";

test("shares are of the time between two readings, by CPU", () => {
  const load = loadBetween(parseMachineTime(before), parseMachineTime(after), 100);
  assert.deepEqual(load, { steal: 0.1, busy: [0.8, 0], softirq: [0.1, 0], busySeconds: 0.8 });
});
