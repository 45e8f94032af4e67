import assert from "node:assert/strict";
import { test } from "node:test";
import { randomUuid } from "./uuid.ts";

test("UUIDs are of version 4, and no two are alike over several batches", () => {
  const seen = new Set<string>();
  for (let i = 0; i < 1000; i++) {
    const uuid = randomUuid();
    assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    seen.add(uuid);
  }
  assert.equal(seen.size, 1000);
});

test("every random bit differs from one UUID to another", () => {
  const ones = Array.from<number>({ length: 128 }).fill(0);
  for (let i = 0; i < 1000; i++) {
    const bits = BigInt(`0x${randomUuid().replaceAll("-", "")}`);
    for (let bit = 0; bit < 128; bit++) ones[bit]! += Number((bits >> BigInt(bit)) & 1n);
  }
  // Four bits for the version and two for the variant; a fair one is thirteen standard deviations away from these bounds.
  const fixed = ones.filter((count) => count === 0 || count === 1000).length;
  assert.equal(fixed, 6);
  assert.ok(ones.every((count) => count === 0 || count === 1000 || (count > 290 && count < 710)));
});
