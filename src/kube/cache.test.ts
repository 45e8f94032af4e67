import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { ObjectCache } from "./cache.ts";
import type { KubeObject } from "./object.ts";

const object = fc.record({
  apiVersion: fc.constant("v1"),
  kind: fc.constant("Thing"),
  metadata: fc.record({
    name: fc.constantFrom("a", "b", "c", "__proto__"),
    namespace: fc.constantFrom("x", "y"),
    uid: fc.constantFrom("1", "2"),
    resourceVersion: fc.integer({ min: 1, max: 20 }).map(String),
  }),
  labels: fc.uniqueArray(fc.constantFrom("red", "green", "blue", "constructor")),
});
type Thing = KubeObject & { readonly labels: readonly string[] };
const step = fc.oneof(
  fc.record({ set: object }),
  fc.record({ remove: object }),
  fc.record({ replace: fc.array(object, { maxLength: 6 }) }),
);

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;

test("changes are what makes a receiver equal to the cache, and indexes find what is there", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const cache = new ObjectCache();
      cache.index("label", (each) => (each as Thing).labels);
      const received = new Map<string, KubeObject>();
      for (const each of steps) {
        const changes =
          "set" in each
            ? [cache.set(each.set)]
            : "remove" in each
              ? [cache.delete(each.remove)]
              : cache.replace(each.replace);
        for (const change of changes) {
          if (change === undefined) continue;
          const key = `${change.namespace}/${change.name}`;
          const before = received.get(key);
          assert.notEqual(change.object, before, "a change is a difference");
          if (change.object === undefined) received.delete(key);
          else received.set(key, change.object);
        }
        assert.deepEqual(new Map([...cache.values()].map((found) => [keyOf(found), found])), received);
        for (const label of ["red", "green", "blue", "constructor"]) {
          assert.deepEqual(
            new Set(cache.find("label", label)),
            new Set([...received.values()].filter((found) => (found as Thing).labels.includes(label))),
          );
        }
      }
    }),
  );
});

test("the same version of the same object is no change; of another object with its name it is", () => {
  const cache = new ObjectCache();
  const make = (uid: string, resourceVersion?: string): KubeObject => ({
    apiVersion: "v1",
    kind: "Thing",
    metadata: { name: "a", uid, ...(resourceVersion !== undefined && { resourceVersion }) },
  });
  assert.deepEqual(cache.set(make("1", "5")), { namespace: "", name: "a", object: make("1", "5") });
  assert.equal(cache.set(make("1", "5")), undefined);
  assert.notEqual(cache.set(make("2", "5")), undefined);
  assert.notEqual(cache.set({ ...make("2", "5"), apiVersion: "v2" }), undefined);
  assert.notEqual(cache.set(make("2")), undefined);
  assert.notEqual(cache.set(make("2")), undefined);
  assert.deepEqual(cache.replace([]), [{ namespace: "", name: "a" }]);
  assert.equal(cache.get("", "a"), undefined);
});

test("an index can be made late, once, and has to exist", () => {
  const cache = new ObjectCache();
  cache.set({ apiVersion: "v1", kind: "Thing", metadata: { name: "a", namespace: "x" } });
  cache.index("namespace", ({ metadata }) => [metadata.namespace!]);
  assert.equal(cache.find("namespace", "x").length, 1);
  assert.deepEqual(cache.find("namespace", "toString"), []);
  assert.throws(() => cache.find("other", "x"), /There is no index other/);
  assert.throws(() => cache.index("namespace", () => []), /There is an index namespace already/);
});
