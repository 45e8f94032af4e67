import assert from "node:assert/strict";
import { test } from "node:test";
import { flushLater } from "./flush.ts";

test("a bug in one flush costs the others nothing", async () => {
  const flushed: string[] = [];
  flushLater({ flush: () => flushed.push("first") });
  flushLater({
    flush: () => {
      throw new Error("thrown for a test");
    },
  });
  flushLater({ flush: () => flushed.push("last") });
  await new Promise(setImmediate);
  assert.deepEqual(flushed, ["first", "last"]);
});
