import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { equalValues } from "../../resources/equality.ts";
import type { JsonObject } from "../../resources/json.ts";
import { compare, hasChanges } from "./compare.ts";
import { mergeValues } from "./merge.ts";
import { thing, thingSchema, Written } from "./testing.ts";

const text = fc.constantFrom("1", "2");
const some = <Model>(model: { [Name in keyof Model]: fc.Arbitrary<Model[Name]> }) =>
  fc.record(model, { requiredKeys: [], noNullPrototype: true });
const distinct = (names: readonly string[]) => fc.shuffledSubarray([...names]);
const pair = some({ x: text, y: text });
const dictionary = fc.dictionary(fc.constantFrom("k", "l"), text, { noNullPrototype: true });
const item = (name: string) =>
  some({ value: text, pair, tags: distinct(["p", "q"]) }).map((rest) => ({ name, ...rest }));
const items = (names: readonly string[]) => distinct(names).chain((chosen) => fc.tuple(...chosen.map(item)));
const port = (key: { port: number; protocol?: string }) =>
  some({ name: text }).map((rest) => ({ ...key, ...rest }));
const ports = fc
  .shuffledSubarray([{ port: 80 }, { port: 80, protocol: "UDP" }, { port: 81, protocol: "TCP" }])
  .chain((keys) => fc.tuple(...keys.map(port)));
const free = fc.oneof(text, fc.array(text, { maxLength: 2 }), some({ m: some({ k: text }), n: text }));

const spec: fc.Arbitrary<JsonObject> = some({
  a: text,
  pair,
  atom: pair,
  map: dictionary,
  pairs: fc.dictionary(fc.constantFrom("k", "l"), pair, { noNullPrototype: true }),
  set: distinct(["a", "b", "c"]),
  list: items(["i", "j", "k"]),
  ports,
  atomic: items(["i", "j"]),
  open: some({ k: free, l: free }),
  any: free,
});

const write = fc.record({
  manager: fc.constantFrom("A", "B", "C"),
  verb: fc.constantFrom("apply", "force", "update"),
  spec,
});

/** Writes that conflict have no effect. */
function attempt(
  written: Written,
  { manager, verb, spec }: { manager: string; verb: string; spec: JsonObject },
): void {
  if (verb === "update") {
    written.update(manager, spec);
    return;
  }
  try {
    written.apply(manager, spec, verb === "force");
  } catch (error) {
    assert.equal((error as { reason?: string }).reason, "Conflict");
  }
}

test("to apply again changes nothing, whatever happened before", () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 5 }), spec, (writes, applied) => {
      const written = new Written();
      for (const each of writes) attempt(written, each);
      const { live } = written.apply("A", applied, true);
      assert.equal(written.apply("A", applied).live, live);
    }),
    { numRuns: 200 },
  );
});

test("what is applied is there", () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 5 }), spec, (writes, applied) => {
      const written = new Written();
      for (const each of writes) attempt(written, each);
      written.apply("A", applied, true);
      assert.equal(mergeValues(written.live, thing(applied), thingSchema), written.live);
    }),
    { numRuns: 150 },
  );
});

test("an update without a change keeps the object as it is", () => {
  fc.assert(
    fc.property(fc.array(write, { minLength: 1, maxLength: 5 }), (writes) => {
      const written = new Written();
      for (const each of writes) attempt(written, each);
      const live = written.live!;
      written.updateObject("U", structuredClone(live));
      assert.ok(equalValues(written.live, live));
    }),
    { numRuns: 150 },
  );
});

const { spec: _, ...nothing } = thing({});

/** Splits a spec in two that have no field in common. Empty lists, which nobody owns, are left out. */
const halves = spec.chain((whole) =>
  fc.shuffledSubarray(Object.keys(whole)).map((names) => {
    const entries = Object.entries(whole).filter(([, value]) => !Array.isArray(value) || value.length > 0);
    return [
      Object.fromEntries(entries.filter(([name]) => names.includes(name))),
      Object.fromEntries(entries.filter(([name]) => !names.includes(name))),
    ] as const;
  }),
);

test("managers that apply different fields may come in any order, and leave again", () => {
  fc.assert(
    fc.property(halves, ([one, other]) => {
      // An object that is applied empty goes when others empty it again, as with kube-apiserver.
      fc.pre(Object.keys(one).length > 0);
      const forth = new Written().apply("A", one).apply("B", other);
      const back = new Written().apply("B", other).apply("A", one);
      assert.ok(equalValues(forth.spec, back.spec));
      assert.deepEqual(forth.owners["A applies"], back.owners["A applies"]);
      const left = forth.applyObject("B", nothing);
      assert.ok(
        !hasChanges(compare(left.spec, new Written().apply("A", one).spec, thingSchema.fields["spec"])),
      );
    }),
    { numRuns: 150 },
  );
});

test("every leaf that was applied has an owner, and every owner of a leaf finds it there", () => {
  fc.assert(
    fc.property(fc.array(write, { minLength: 1, maxLength: 6 }), (writes) => {
      const written = new Written();
      for (const each of writes) attempt(written, each);
      const all = compare({}, written.live, thingSchema).changed;
      const present = new Set<string>();
      const note = (set: typeof all, path: string): void => {
        present.add(path);
        for (const [element, child] of set.children) note(child, path + element);
      };
      note(all, "");
      const check = (fields: object, path: string): void => {
        for (const [element, child] of Object.entries(fields)) {
          if (element === ".") continue;
          assert.ok(present.has(path + element), `${path + element} is owned and not there`);
          check(child as object, path + element);
        }
      };
      for (const entry of written.entries) check(entry["fieldsV1"] as object, "");
    }),
    { numRuns: 150 },
  );
});
