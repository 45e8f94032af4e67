import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { thing, VERSION, Written } from "./testing.ts";

test("who creates an object owns all of it, containers too", () => {
  const written = new Written().update("U", {
    a: "1",
    pair: { x: "1" },
    list: [{ name: "i" }],
    atomic: [{ name: "j" }],
  });
  assert.deepEqual(written.entries, [
    {
      manager: "U",
      operation: "Update",
      apiVersion: VERSION,
      time: "1970-01-01T00:00:00Z",
      fieldsType: "FieldsV1",
      fieldsV1: {
        "f:spec": {
          ".": {},
          "f:a": {},
          "f:atomic": {},
          "f:list": { ".": {}, 'k:{"name":"i"}': { ".": {}, "f:name": {} } },
          "f:pair": { ".": {}, "f:x": {} },
        },
      },
    },
  ]);
});

test("who changes a field owns it, and the former owner no more", () => {
  const written = new Written().update("U", { a: "1", b: "1" }).update("V", { a: "1", b: "2" });
  assert.deepEqual(written.owners, { "U updates": [".spec", ".spec.a"], "V updates": [".spec.b"] });
});

test("who comes back owns the old and the new", () => {
  const written = new Written()
    .update("U", { a: "1" })
    .update("V", { a: "1", b: "1" })
    .update("U", { a: "1", b: "2" });
  assert.deepEqual(written.owners, { "U updates": [".spec", ".spec.a", ".spec.b"] });
  assert.equal(written.entries[0]?.["time"], "1970-01-01T00:00:02Z");
});

test("an update without a change changes no entry", () => {
  const written = new Written().update("U", { a: "1", list: [{ name: "i" }] });
  const { live } = written;
  assert.deepEqual(written.update("V", { a: "1", list: [{ name: "i" }] }).live, live);
});

test("an update that only removes takes what it removed from its owners", () => {
  const written = new Written().apply("A", { a: "1", map: { k: "1", l: "1" } });
  written.update("U", { map: { l: "1" } });
  assert.deepEqual(written.owners, { "A applies": [".spec.map.l"] });
  assert.equal(written.entries[0]?.["time"], "1970-01-01T00:00:00Z");
  assert.deepEqual(written.update("U", {}).owners, {});
});

test("an update in another version has an entry of its own", () => {
  const written = new Written().update("U", { a: "1" });
  const { live } = written;
  const entries = written.entries.map((entry) => ({ ...entry, apiVersion: "example.com/v1beta1" }));
  written.live = { ...live, metadata: { name: "t", managedFields: entries } };
  written.update("U", { a: "2" });
  assert.deepEqual(
    written.entries.map((entry) => [entry["apiVersion"], entry["fieldsV1"]]),
    [
      ["example.com/v1beta1", { "f:spec": {} }],
      [VERSION, { "f:spec": { "f:a": {} } }],
    ],
  );
});

test("the status subresource has entries of its own and leaves the rest alone", () => {
  const written = new Written().update("U", { a: "1" }).updateStatus("U", { phase: "P" });
  assert.deepEqual(written.owners, {
    "U updates": [".spec", ".spec.a"],
    "U updates status": [".status", ".status.phase"],
  });
  written.updateObject("V", { ...written.live, status: { phase: "Q" } });
  assert.deepEqual(written.owners["U updates status"], [".status", ".status.phase"]);
});

const metadataOf = (written: Written): JsonObject => written.live?.["metadata"] as JsonObject;

for (const managedFields of [[], [{}]]) {
  test(`an update with managedFields ${JSON.stringify(managedFields)} ends the tracking`, () => {
    const written = new Written().update("U", { a: "1" });
    written.updateObject("V", thing({ a: "2" }, { metadata: { name: "t", managedFields } }));
    assert.deepEqual(metadataOf(written), { name: "t" });
    assert.deepEqual(written.update("V", { a: "3" }).entries, []);
    assert.deepEqual(Object.keys(written.apply("A", { b: "1" }).owners), [
      "A applies",
      "before-first-apply updates",
    ]);
  });
}

test("through a subresource nobody sets managedFields", () => {
  const written = new Written().update("U", { a: "1" });
  written.updateStatus("S", { phase: "P" }, { metadata: { name: "t", managedFields: [] } });
  assert.deepEqual(written.owners, {
    "U updates": [".spec", ".spec.a"],
    "S updates status": [".status", ".status.phase"],
  });
});

const entry = {
  manager: "X",
  operation: "Apply",
  apiVersion: VERSION,
  time: "2020-01-01T00:00:00Z",
  fieldsType: "FieldsV1",
  fieldsV1: { "f:spec": { "f:b": {} } },
};

test("an update may set managedFields", () => {
  const written = new Written().update("U", { a: "1", b: "1" });
  written.updateObject("V", thing({ a: "2", b: "1" }, { metadata: { name: "t", managedFields: [entry] } }));
  assert.deepEqual(written.owners, { "X applies": [".spec.b"], "V updates": [".spec.a"] });
});

for (const wrong of [
  undefined,
  null,
  "text",
  [1],
  [{ ...entry, operation: "Patch" }],
  [{ ...entry, apiVersion: "" }],
  [{ ...entry, fieldsType: "FieldsV2" }],
  [{ ...entry, fieldsV1: { spec: {} } }],
  [{ ...entry, manager: 1 }],
  [{ ...entry, time: "yesterday" }],
]) {
  test(`managedFields ${JSON.stringify(wrong)?.slice(0, 150)} are replaced by those of the live object`, () => {
    const written = new Written().update("U", { a: "1" });
    written.updateObject("V", thing({ a: "1", b: "1" }, { metadata: { name: "t", managedFields: wrong } }));
    assert.deepEqual(written.owners, { "U updates": [".spec", ".spec.a"], "V updates": [".spec.b"] });
  });
}

test("of many updaters the oldest are kept as one", () => {
  const written = new Written().apply("A", { map: { own: "1" } });
  const map: Record<string, string> = { own: "1" };
  for (let index = 0; index < 13; index++) {
    map[`k${index}`] = "1";
    written.update(`U${index}`, { map: { ...map } });
  }
  const owners = written.owners;
  assert.equal(Object.keys(owners).length, 11);
  assert.deepEqual(
    owners["ancient-changes updates"],
    [0, 1, 2, 3].map((index) => `.spec.map.k${index}`),
  );
  assert.deepEqual(owners["U4 updates"], [".spec.map.k4"]);
  assert.equal(
    written.entries.find((each) => each["manager"] === "ancient-changes")?.["time"],
    "1970-01-01T00:00:04Z",
  );
});

test("entries come by operation, time and name", () => {
  const written = new Written().update("U", { a: "1" }).apply("B", { a: "1" }).apply("A", { a: "1" });
  written.update("C", { a: "1", b: "1" });
  assert.deepEqual(
    written.entries.map((each) => each["manager"]),
    ["B", "A", "U", "C"],
  );
});

test("a manager without a name is unknown", () => {
  assert.deepEqual(Object.keys(new Written().update("", { a: "1" }).owners), ["unknown updates"]);
});

test("fields called __proto__ are owned like others", () => {
  const map = JSON.parse('{"__proto__":"1","constructor":"1"}') as JsonObject;
  const written = new Written().update("U", { map }).apply("A", { map });
  assert.deepEqual(written.owners["A applies"], [".spec.map.__proto__", ".spec.map.constructor"]);
  assert.equal(JSON.stringify(written.update("U", {}).apply("A", { map }).spec), JSON.stringify({ map }));
});
