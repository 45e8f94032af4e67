import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { SortedMap } from "./sorted-map.ts";

function same(map: SortedMap<number>, model: ReadonlyMap<string, number>, probes: readonly string[]): void {
  const keys = [...model.keys()].sort();
  assert.equal(map.size, model.size);
  assert.deepEqual(
    [...map.valuesAfter()],
    keys.map((key) => model.get(key)),
  );
  for (const probe of probes) {
    const after = keys.filter((key) => key > probe);
    assert.equal(map.get(probe), model.get(probe), probe);
    assert.equal(map.countAfter(probe), after.length, probe);
    assert.deepEqual(
      [...map.valuesAfter(probe)],
      after.map((key) => model.get(key)),
    );
  }
}

test("law: it is a Map whose keys are sorted, through growing and shrinking by thousands", () => {
  const step = fc.record({
    first: fc.nat(9999),
    stride: fc.constantFrom(1, 7, -1, 4999),
    count: fc.nat(2000),
    remove: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 8 }),
      fc.array(fc.nat(10_001), { maxLength: 5 }),
      (steps, probes) => {
        const map = new SortedMap<number>();
        const model = new Map<string, number>();
        for (const { first, stride, count, remove } of steps) {
          for (let i = 0; i < count; i++) {
            const key = String((((first + i * stride) % 10_000) + 10_000) % 10_000);
            if (remove) {
              map.delete(key);
              model.delete(key);
            } else {
              map.set(key, i);
              model.set(key, i);
            }
          }
          same(map, model, ["", ...probes.map(String), "~"]);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("an insert into 10⁵ keys costs as little as one into few", () => {
  const key = (i: number) => String((i * 7919) % 100_000);
  const map = new SortedMap<number>();
  const started = performance.now();
  for (let i = 0; i < 100_000; i++) map.set(key(i), i);
  const each = (performance.now() - started) / 100_000;
  assert.equal(map.size, 100_000);
  assert.ok(each < 0.02, `${each} ms`);
});
