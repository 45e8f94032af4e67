import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Ancestors, type Ancestor } from "./ancestors.ts";

const one: Ancestor = { gateway: "Gateway/a/one", controllerName: "example.com/ours" };
const two: Ancestor = { gateway: "Gateway/a/two", controllerName: "example.com/ours" };

test("an object keeps an ancestor as long as anybody uses it through that one", () => {
  const ancestors = new Ancestors();
  assert.deepEqual([...ancestors.set("r1", [{ objects: ["s"], ancestors: [one] }])], ["s"]);
  assert.deepEqual([...ancestors.set("r2", [{ objects: ["s"], ancestors: [one] }])], []);
  assert.deepEqual([...ancestors.set("r1", [{ objects: [], ancestors: [] }])], []);
  assert.deepEqual(ancestors.of(["s"]), [one]);
  assert.deepEqual([...ancestors.set("r2", [{ objects: ["t"], ancestors: [one] }])], ["t", "s"]);
  assert.deepEqual(ancestors.of(["s"]), []);
});

test("several objects have the ancestors of each, once and sorted", () => {
  const ancestors = new Ancestors();
  ancestors.set("r1", [{ objects: ["s", "t"], ancestors: [two] }]);
  ancestors.set("r2", [{ objects: ["t"], ancestors: [one, two] }]);
  assert.deepEqual(ancestors.of(["s", "t"]), [one, two]);
  assert.deepEqual(ancestors.of(["s"]), [two]);
});

test("what is said is the sum of what the users say, and a change names exactly what it changes", () => {
  const use = fc.record({
    user: fc.constantFrom("r1", "r2", "r3"),
    objects: fc.uniqueArray(fc.constantFrom("s", "t"), { maxLength: 2 }),
    through: fc.uniqueArray(fc.constantFrom(one, two), { maxLength: 2 }),
  });
  fc.assert(
    fc.property(fc.array(use, { maxLength: 20 }), (uses) => {
      const ancestors = new Ancestors();
      const last = new Map<string, (typeof uses)[number]>();
      for (const each of uses) {
        const before = new Map(["s", "t"].map((object) => [object, ancestors.of([object])]));
        const changed = ancestors.set(each.user, [{ objects: each.objects, ancestors: each.through }]);
        last.set(each.user, each);
        for (const object of ["s", "t"] as const) {
          const now = ancestors.of([object]);
          const sum = [...last.values()].flatMap(({ objects, through }) =>
            objects.includes(object) ? through : [],
          );
          assert.deepEqual(new Set(now), new Set(sum));
          assert.equal(changed.has(object), !equal(before.get(object)!, now));
        }
      }
    }),
  );
});

function equal(a: readonly Ancestor[], b: readonly Ancestor[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
