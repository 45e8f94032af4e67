import assert from "node:assert/strict";
import { test } from "node:test";
import { messagePrefix, onlyMessage } from "./frame.ts";

test("a message that was framed is read, whatever its length", () => {
  for (const length of [0, 1, 255, 256, 70_000]) {
    const body = Buffer.concat([Buffer.from(messagePrefix(length), "latin1"), Buffer.alloc(length, 7)]);
    assert.deepEqual(onlyMessage(body), Buffer.alloc(length, 7));
  }
  assert.equal(Buffer.from(messagePrefix(0x01020304), "latin1").toString("hex"), "0001020304");
});

test("anything else is no message", () => {
  for (const hex of [
    "",
    "00",
    "00000000",
    "0000000001",
    "000000000000",
    "0100000000",
    "00ffffffff00",
    "00000000000000000000",
  ])
    assert.equal(onlyMessage(Buffer.from(hex, "hex")), undefined, hex);
});
