import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { HostnameIndex } from "./hostname-index.ts";
import { hostnamesIntersect } from "./hostname.ts";

const label = fc.constantFrom("a", "b", "org");
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
const hostname = fc.oneof(
  fc.constant(""),
  name,
  name.map((one) => `*.${one}`),
);
const owner = fc.constantFrom(1, 2, 3);
const entry = fc.tuple(hostname, owner);

test("those that intersect are found, and nobody else, whatever came and went before", () => {
  const property = fc.property(fc.array(entry), fc.array(entry), hostname, (added, removed, asked) => {
    const index = new HostnameIndex<number>();
    for (const [one, who] of added) index.add(one, who);
    for (const [one, who] of removed) index.delete(one, who);
    const isGone = ([one, who]: readonly [string, number]) =>
      removed.some(([other, whose]) => other === one && whose === who);
    const left = added.filter((one) => !isGone(one));
    const expected = left.filter(([one]) => hostnamesIntersect(one, asked)).map(([, who]) => who);
    assert.deepEqual(new Set(index.intersecting(asked)), new Set(expected));
  });
  fc.assert(property, { numRuns: 2000 });
});
