import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  difference,
  differenceBelow,
  eachPath,
  equalSets,
  type FieldSet,
  intersection,
  isEmpty,
  noFields,
  setOf,
  union,
} from "./field-set.ts";
import { decodeFields, encodeFields } from "./fields-v1.ts";
import { pathText } from "./path-element.ts";

const element = fc.constantFrom("f:a", "f:b", "f:.", "f:__proto__", 'k:{"name":"x"}', 'v:"x"', "v:1", "i:0");
const path = fc.array(element, { minLength: 1, maxLength: 4 });
const paths = fc.array(path, { maxLength: 8 });
const set = paths.map(setOf);

function textsOf(fields: FieldSet): ReadonlySet<string> {
  const texts = new Set<string>();
  eachPath(fields, (each) => texts.add(JSON.stringify(each)));
  return texts;
}

test("a set consists of its paths", () => {
  fc.assert(
    fc.property(paths, (given) => {
      assert.deepEqual(textsOf(setOf(given)), new Set(given.map((each) => JSON.stringify(each))));
    }),
  );
});

test("union, intersection and difference are those of the paths", () => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      assert.deepEqual(textsOf(union(a, b)), textsOf(a).union(textsOf(b)));
      assert.deepEqual(textsOf(intersection(a, b)), textsOf(a).intersection(textsOf(b)));
      assert.deepEqual(textsOf(difference(a, b)), textsOf(a).difference(textsOf(b)));
    }),
  );
});

test("differenceBelow leaves out what is below a path as well", () => {
  fc.assert(
    fc.property(paths, paths, (a, b) => {
      const rest = a.filter((each) => !b.some((above) => above.every((part, index) => part === each[index])));
      assert.ok(equalSets(differenceBelow(setOf(a), setOf(b)), setOf(rest)));
    }),
  );
});

test("sets are equal when their paths are, and have no empty branches", () => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      assert.equal(equalSets(a, b), textsOf(a).symmetricDifference(textsOf(b)).size === 0);
      assert.ok(isEmpty(difference(a, union(b, a))));
      assert.ok(equalSets(difference(a, noFields), a));
    }),
  );
});

test("a set comes back from its encoding, through JSON too", () => {
  fc.assert(
    fc.property(set, (fields) => {
      assert.ok(equalSets(decodeFields(JSON.parse(JSON.stringify(encodeFields(fields)))), fields));
    }),
  );
});

test("a set is encoded as kube-apiserver does", () => {
  const fields = setOf([
    ["f:spec", "f:list", 'k:{"name":"x"}'],
    ["f:spec", "f:list", 'k:{"name":"x"}', "f:name"],
    ["f:a"],
  ]);
  assert.equal(
    JSON.stringify(encodeFields(fields)),
    String.raw`{"f:a":{},"f:spec":{"f:list":{"k:{\"name\":\"x\"}":{".":{},"f:name":{}}}}}`,
  );
});

test("elements that others encoded differently are the same", () => {
  const fields = decodeFields({
    'k:{"b": 80.0, "a":"\\u003c"}': {},
    'v: "x"': {},
    "i:07": {},
    "x:future": {},
  });
  assert.deepEqual([...fields.children.keys()], ['k:{"a":"<","b":80}', 'v:"x"', "i:7"]);
});

for (const fields of [
  null,
  [],
  "text",
  { "f:a": 1 },
  { a: {} },
  { f: {} },
  { "": {} },
  { "v:x": {} },
  { "k:[]": {} },
  { "k:1": {} },
  { "i:x": {} },
  { "f:a": { "f:b": { bad: {} } } },
]) {
  test(`${JSON.stringify(fields)} is no fieldsV1`, () => {
    assert.throws(() => decodeFields(fields));
  });
}

test("fieldsV1 must not be nested without end", () => {
  let fields: unknown = {};
  for (let depth = 0; depth < 100_000; depth++) fields = { "f:a": fields };
  assert.throws(() => decodeFields(fields), /nested too deeply/);
});

test("paths are shown as people write them", () => {
  const shown = pathText(["f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', "f:tags", 'v:"a"', "i:2"]);
  assert.equal(shown, '.spec.ports[port=80,protocol="TCP"].tags[="a"][2]');
});
