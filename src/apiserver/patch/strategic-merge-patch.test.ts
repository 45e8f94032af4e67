import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { array, integer, map, object, open, optional, string } from "../../resources/schema/schema.ts";
import { applyStrategicMergePatch } from "./strategic-merge-patch.ts";

const port = object({ port: integer(), protocol: optional(string()), name: optional(string()) });
const container = object({
  name: string(),
  image: optional(string()),
  args: optional(array(string())),
  env: optional(array(object({ name: string(), value: optional(string()) }), { patchMergeKey: "name" })),
  ports: optional(array(port, { mapKeys: ["port", "protocol"], patchMergeKey: "port" })),
});
const schema = object({
  finalizers: optional(array(string(), { set: true, patchMerge: true })),
  labels: optional(map(string())),
  containers: optional(array(container, { mapKeys: ["name"], patchMergeKey: "name" })),
  tolerations: optional(array(object({ key: string() }))),
  strategy: optional(object({ type: optional(string()), rolling: optional(open({})) })),
});

interface Case {
  readonly name: string;
  readonly document: JsonObject;
  readonly patch: JsonObject;
  readonly result: JsonObject;
}

const ab = { containers: [{ name: "a", image: "1" }, { name: "b" }] };
const works: readonly Case[] = [
  {
    name: "merges an element by its key and leaves the others",
    document: ab,
    patch: { containers: [{ name: "a", args: ["x"] }] },
    result: { containers: [{ name: "a", image: "1", args: ["x"] }, { name: "b" }] },
  },
  {
    name: "adds an element in front, as it is new to the server",
    document: ab,
    patch: { containers: [{ name: "c", env: [{ name: "E", $patch: "delete" }], image: null }] },
    result: { containers: [{ name: "c", env: [] }, ...ab.containers] },
  },
  {
    name: "merges lists within elements",
    document: { containers: [{ name: "a", env: [{ name: "X", value: "1" }, { name: "Y" }] }] },
    patch: { containers: [{ name: "a", env: [{ name: "Y", value: "2" }] }] },
    result: {
      containers: [
        {
          name: "a",
          env: [
            { name: "X", value: "1" },
            { name: "Y", value: "2" },
          ],
        },
      ],
    },
  },
  {
    name: "tells numbers apart",
    document: { containers: [{ name: "a", ports: [{ port: 80 }, { port: 81 }] }] },
    patch: { containers: [{ name: "a", ports: [{ port: 81, name: "x" }] }] },
    result: { containers: [{ name: "a", ports: [{ port: 80 }, { port: 81, name: "x" }] }] },
  },
  {
    name: "merges the first of two elements with one key",
    document: {
      containers: [
        {
          name: "a",
          ports: [
            { port: 80, protocol: "TCP" },
            { port: 80, protocol: "UDP" },
          ],
        },
      ],
    },
    patch: { containers: [{ name: "a", ports: [{ port: 80, name: "x" }] }] },
    result: {
      containers: [
        {
          name: "a",
          ports: [
            { port: 80, protocol: "TCP", name: "x" },
            { port: 80, protocol: "UDP" },
          ],
        },
      ],
    },
  },
  {
    name: "replaces lists without a key",
    document: { tolerations: [{ key: "a" }, { key: "b" }], containers: [{ name: "a", args: ["1", "2"] }] },
    patch: { tolerations: [{ key: "c" }], containers: [{ name: "a", args: ["3"] }] },
    result: { tolerations: [{ key: "c" }], containers: [{ name: "a", args: ["3"] }] },
  },
  {
    name: "merges maps and removes with null",
    document: { labels: { a: "1", b: "2" }, tolerations: [] },
    patch: { labels: { a: null, c: "3" }, tolerations: null },
    result: { labels: { b: "2", c: "3" } },
  },
  {
    name: "deletes an element",
    document: ab,
    patch: {
      containers: [
        { name: "a", $patch: "delete" },
        { name: "zz", $patch: "delete" },
      ],
    },
    result: { containers: [{ name: "b" }] },
  },
  {
    name: "replaces a list",
    document: ab,
    patch: { containers: [{ $patch: "replace" }, { name: "c", image: null }] },
    result: { containers: [{ name: "c" }] },
  },
  {
    name: "replaces an object",
    document: { labels: { a: "1" } },
    patch: { labels: { $patch: "replace", b: "2" } },
    result: { labels: { b: "2" } },
  },
  {
    name: "empties an object",
    document: { labels: { a: "1" } },
    patch: { labels: { $patch: "delete" } },
    result: { labels: {} },
  },
  {
    name: "leaves out an object with a directive where there is none",
    document: {},
    patch: { labels: { $patch: "replace", b: "2" } },
    result: {},
  },
  {
    name: "merges plain lists",
    document: { finalizers: ["a", "b"] },
    patch: { finalizers: ["c", "a"] },
    result: { finalizers: ["c", "a", "b"] },
  },
  {
    name: "deletes from plain lists",
    document: { finalizers: ["a", "b", "c"] },
    patch: { "$deleteFromPrimitiveList/finalizers": ["b", "x"] },
    result: { finalizers: ["a", "c"] },
  },
  {
    name: "deletes from a list that is not there",
    document: {},
    patch: { "$deleteFromPrimitiveList/finalizers": ["b"] },
    result: {},
  },
  {
    name: "orders elements, and leaves others where they were",
    document: { containers: [{ name: "a" }, { name: "s" }, { name: "b" }] },
    patch: {
      "$setElementOrder/containers": [{ name: "b" }, { name: "c" }, { name: "a" }],
      containers: [{ name: "c" }],
    },
    result: { containers: [{ name: "s" }, { name: "b" }, { name: "c" }, { name: "a" }] },
  },
  {
    name: "orders plain lists and deletes from them",
    document: { finalizers: ["a", "b", "c"] },
    patch: { "$setElementOrder/finalizers": ["c", "a"], "$deleteFromPrimitiveList/finalizers": ["b"] },
    result: { finalizers: ["c", "a"] },
  },
  {
    name: "orders a list that is new",
    document: {},
    patch: { "$setElementOrder/containers": [{ name: "a" }], containers: [{ name: "a", $patch: "delete" }] },
    result: { containers: [] },
  },
  {
    name: "orders nothing where there is nothing",
    document: {},
    patch: { "$setElementOrder/containers": [{ name: "a" }] },
    result: {},
  },
  {
    name: "retains the listed keys only",
    document: { strategy: { type: "Rolling", rolling: { max: 1 } } },
    patch: { strategy: { $retainKeys: ["type"], type: "Recreate", rolling: null } },
    result: { strategy: { type: "Recreate" } },
  },
  {
    name: "takes the patch where the types differ",
    document: { labels: null, containers: "x" },
    patch: { labels: { a: "1", b: null }, containers: [{ name: "a" }] },
    result: { labels: { a: "1" }, containers: [{ name: "a" }] },
  },
  {
    name: "merges unknown fields as a merge patch would",
    document: { other: { a: 1, list: [1] } },
    patch: { other: { b: 2, list: [2] } },
    result: { other: { a: 1, b: 2, list: [2] } },
  },
];

for (const { name, document, patch, result } of works) {
  test(`a strategic merge patch ${name}`, () => {
    const before = structuredClone({ document, patch });
    assert.deepEqual(applyStrategicMergePatch(document, patch, schema), result);
    assert.deepEqual({ document, patch }, before);
  });
}

const refused: readonly (readonly [string, unknown, RegExp])[] = [
  ["is no object", [], /must be a JSON object/],
  [
    "has an element without its key",
    { containers: [{ image: "x" }] },
    /\.containers: an element has no "name"/,
  ],
  ["has an element that is no object", { containers: ["a"] }, /\.containers: the elements must be objects/],
  ["deletes without a key", { containers: [{ $patch: "delete" }] }, /to delete has no "name"/],
  ["merges by directive", { containers: [{ name: "a", $patch: "merge" }] }, /allowed are delete and replace/],
  [
    "has an unknown directive",
    { labels: { $patch: "drop" } },
    /\.labels: unknown directive "\$patch: "drop""/,
  ],
  ["deletes from no list", { "$deleteFromPrimitiveList/finalizers": "a" }, /must be a list/],
  [
    "deletes objects from a list",
    { "$deleteFromPrimitiveList/finalizers": [{}] },
    /strings, numbers or booleans/,
  ],
  ["retains what is no list", { labels: { $retainKeys: "a" } }, /\.labels\.\$retainKeys: must be a list/],
  ["sets what it does not retain", { labels: { $retainKeys: ["a"], b: "1" } }, /sets "b"/],
  [
    "contradicts its order",
    {
      "$setElementOrder/containers": [{ name: "b" }, { name: "a" }],
      containers: [{ name: "a" }, { name: "b" }],
    },
    /not in the order/,
  ],
  ["orders without a key", { "$setElementOrder/containers": ["a"] }, /the elements must be objects/],
  ["merges objects without a key", { finalizers: [{}] }, /without a merge key/],
];

for (const [name, patch, message] of refused) {
  test(`a strategic merge patch that ${name} is refused`, () => {
    const document = { ...ab, labels: { a: "1" }, finalizers: ["a"] };
    assert.throws(() => applyStrategicMergePatch(document, patch, schema), { reason: "BadRequest", message });
  });
}

test("a strategic merge patch finds elements of long lists by their key", () => {
  const containers = Array.from({ length: 10_000 }, (_, index) => ({ name: `n${index}` }));
  const patch = { containers: containers.map(({ name }) => ({ name, image: name })).toReversed() };
  const patched = applyStrategicMergePatch({ containers }, patch, schema)["containers"] as { name: string }[];
  assert.equal(patched.length, 10_000);
  assert.deepEqual(patched[0], { name: "n9999", image: "n9999" });
});
