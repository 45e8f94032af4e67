import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { ticketKeyPeriod } from "../limits.ts";
import { ticketKeys, ticketPeriod } from "./ticket-keys.ts";

const secret = randomBytes(32);

test("the keys of a period are the same wherever they are derived, and as long as Node wants them", () => {
  const keys = ticketKeys(secret, 7, "a");
  assert.equal(keys.length, 48);
  assert.deepEqual(keys, ticketKeys(Buffer.from(secret), 7, "a"));
});

for (const [what, other] of [
  ["period", ticketKeys(secret, 8, "a")],
  ["identity", ticketKeys(secret, 7, "b")],
  ["secret", ticketKeys(randomBytes(32), 7, "a")],
] as const) {
  test(`another ${what} has other keys, and other names of keys`, () => {
    const keys = ticketKeys(secret, 7, "a");
    assert.notDeepEqual(keys.subarray(0, 16), other.subarray(0, 16));
    assert.notDeepEqual(keys.subarray(16), other.subarray(16));
  });
}

test("a period begins when the one before ends", () => {
  assert.equal(ticketPeriod(ticketKeyPeriod - 1), 0);
  assert.equal(ticketPeriod(ticketKeyPeriod), 1);
});
