import assert from "node:assert/strict";
import { test } from "node:test";
import { edit, verdict } from "./core.fixture.ts";
import { configMap } from "./manifests.fixture.ts";

const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "a", uid: "1", controller: true };

/** Metadata beside a good name, and the faults that it makes. */
const cases: readonly (readonly [Readonly<Record<string, unknown>>, ...string[]])[] = [
  [
    {
      generateName: "a-",
      uid: "1",
      resourceVersion: "2",
      generation: 1,
      creationTimestamp: "2026-01-01T00:00:00Z",
      managedFields: [{ manager: "kubectl", fieldsV1: { "f:data": {} } }],
      ownerReferences: [owner, { ...owner, controller: false }],
      finalizers: ["example.com/a", "orphan"],
      labels: { "example.com/a": "", b: "c" },
      annotations: { "example.com/a": "anything goes: {}" },
    },
  ],
  [
    { labels: { a: "b c" } },
    'labels.a: "b c" is not a label value: letters, digits, - _ . with a letter or digit at both ends',
  ],
  [
    { labels: { "a b": "c" } },
    'labels.a b: "a b" is not a label or annotation key: an optional DNS name and /, then up to 63 letters, digits, - _ .',
  ],
  [{ labels: { a: 1 } }, "labels.a: Expected a string, found a number"],
  [
    { annotations: { a: "x".repeat(256 * 1024) } },
    "annotations: Too long: 262145 bytes of annotations, at most 262144",
  ],
  [{ ownerReferences: [{ ...owner, uid: "" }] }, "ownerReferences.0.uid: Empty string"],
  [
    { ownerReferences: [owner, { ...owner, uid: "2" }] },
    "ownerReferences.1.controller: Another owner is the controller already",
  ],
  [
    { finalizers: ["orphan", "foregroundDeletion"] },
    'finalizers: "orphan" and "foregroundDeletion" exclude each other',
  ],
  [
    { finalizers: ["a/b/c"] },
    'finalizers.0: "a/b/c" is not a name with an optional domain, such as http or example.com/name',
  ],
];

test("Metadata of any object", () => {
  for (const [changes, ...faults] of cases) {
    const edits = Object.fromEntries(
      Object.entries(changes).map(([name, value]) => [`metadata/${name}`, value]),
    );
    const wanted = faults.map((fault) => `metadata.${fault}`);
    assert.deepEqual(verdict(edit(configMap, edits)).faults, wanted, JSON.stringify(changes).slice(0, 80));
  }
});

test("Names of objects", () => {
  const names: Readonly<Record<string, boolean>> = {
    a: true,
    "a.b-c": true,
    A: false,
    "-a": false,
    "a/b": false,
    "": false,
    ["a".repeat(253)]: true,
    ["a".repeat(254)]: false,
  };
  for (const [name, good] of Object.entries(names)) {
    assert.equal(verdict(edit(configMap, { "metadata/name": name })).faults.length === 0, good, name);
  }
});
