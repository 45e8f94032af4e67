import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { compareAge, type Resource } from "../resources/resource.ts";
import { hostnamesIntersect } from "./hostname.ts";
import { Rivals, type Contender } from "./rivals.ts";

const hostname = fc.constantFrom("", "*.org", "*.b.org", "a.b.org", "b.org", "c.org");
const listener = fc.constantFrom("gw/one", "gw/two");

const contender: fc.Arbitrary<Contender> = fc
  .record({
    kind: fc.constantFrom("HTTPRoute", "GRPCRoute"),
    name: fc.constantFrom("a", "b", "c", "d"),
    day: fc.integer({ min: 1, max: 4 }),
    isSound: fc.boolean(),
    claims: fc.dictionary(listener, fc.uniqueArray(hostname, { minLength: 1, maxLength: 2 }), { maxKeys: 2 }),
  })
  .map(({ kind, name, day, isSound, claims }) => {
    const creationTimestamp = `2026-01-0${day}T00:00:00Z`;
    const metadata = { name, namespace: "x", creationTimestamp, generation: 1, labels: {}, annotations: {} };
    const route: Resource = { apiVersion: "v1", kind, metadata };
    return { key: `${kind}/x/${name}`, route, isSound, claims: new Map(Object.entries(claims)) };
  });

/** The oldest first, each against the winners so far. */
function contest(contenders: readonly Contender[]): ReadonlyMap<string, ReadonlySet<string>> {
  const sorted = contenders.toSorted(
    (a, b) =>
      Number(b.isSound) - Number(a.isSound) || compareAge(a.route, b.route) || (a.key < b.key ? -1 : 1),
  );
  const winners: { readonly listener: string; readonly hostname: string; readonly kind: string }[] = [];
  const lost = new Map<string, Set<string>>();
  for (const { key, route, claims } of sorted) {
    const losses = new Set<string>();
    for (const [place, hostnames] of claims) {
      const isTaken = winners.some(
        (one) =>
          one.listener === place &&
          one.kind !== route.kind &&
          hostnames.some((own) => hostnamesIntersect(own, one.hostname)),
      );
      if (isTaken) losses.add(place);
      else for (const own of hostnames) winners.push({ listener: place, hostname: own, kind: route.kind });
    }
    lost.set(key, losses);
  }
  return lost;
}

test("whatever came and went: the oldest have the hostnames, and those for whom that is news are told", () => {
  const event = fc.tuple(contender, fc.integer({ min: 0, max: 3 }));
  const property = fc.property(fc.array(event, { maxLength: 30 }), (events) => {
    const rivals = new Rivals();
    const present = new Map<string, Contender>();
    for (const [one, fate] of events) {
      const before = new Map([...present.keys()].map((key) => [key, new Set(rivals.lost(key))]));
      if (fate === 0) present.delete(one.key);
      else present.set(one.key, one);
      const told = rivals.set(one.key, present.get(one.key));
      const wanted = contest([...present.values()]);
      for (const [key, lost] of wanted) assert.deepEqual(new Set(rivals.lost(key)), lost, key);
      for (const [key, old] of before) {
        if (key === one.key) continue;
        const isNews = old.symmetricDifference(rivals.lost(key)).size > 0;
        assert.ok(!isNews || told.has(key), `${key} was not told`);
      }
      assert.ok(!told.has(one.key));
    }
  });
  fc.assert(property, { numRuns: 1000 });
});
