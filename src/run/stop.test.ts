import assert from "node:assert/strict";
import { test } from "node:test";
import { waitForStop } from "./stop.ts";

test("one Ctrl-C that arrives twice is one", async (context) => {
  context.after(() => process.removeAllListeners("SIGINT"));
  let left = 0;
  const stopped = waitForStop(() => (left += 1));
  process.emit("SIGINT");
  process.emit("SIGINT");
  assert.equal(await stopped, "SIGINT");
  assert.equal(left, 0);
});
