import assert from "node:assert/strict";
import { test } from "node:test";
import { array, map, object, open, optional, string } from "../../resources/schema/schema.ts";
import { ApiError } from "../error.ts";
import { thing, thingSchema, VERSION, Written } from "./testing.ts";
import { serverSideApply } from "./apply.ts";

/** The fields that an apply conflicts over, `MANAGER FIELD` each. */
function conflictsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof ApiError && error.reason === "Conflict", String(error));
    return (error.details?.causes ?? []).map((cause) => {
      assert.equal(cause.reason, "FieldManagerConflict");
      return `${cause.message} ${cause.field}`;
    });
  }
  assert.fail("there was no conflict");
}

test("the first apply creates the object and owns what it says", () => {
  const written = new Written().apply("A", { a: "1", pair: { x: "1" } });
  assert.deepEqual(written.spec, { a: "1", pair: { x: "1" } });
  assert.deepEqual(written.entries, [
    {
      manager: "A",
      operation: "Apply",
      apiVersion: VERSION,
      time: "1970-01-01T00:00:00Z",
      fieldsType: "FieldsV1",
      fieldsV1: { "f:spec": { "f:a": {}, "f:pair": { "f:x": {} } } },
    },
  ]);
});

test("an apply that changes nothing returns the live object itself", () => {
  const written = new Written().apply("A", { a: "1", list: [{ name: "i", tags: ["p"] }], open: { k: [1] } });
  const { live } = written;
  assert.equal(
    written.apply("A", { a: "1", list: [{ name: "i", tags: ["p"] }], open: { k: [1] } }).live,
    live,
  );
});

test("an apply changes what its manager owns and removes what it leaves out", () => {
  const written = new Written().apply("A", { a: "1", b: "1", map: { k: "1", l: "1" } });
  written.apply("A", { b: "2", map: { l: "1" } });
  assert.deepEqual(written.spec, { b: "2", map: { l: "1" } });
  assert.deepEqual(written.owners, { "A applies": [".spec.b", ".spec.map.l"] });
  assert.equal(written.entries[0]?.["time"], "1970-01-01T00:00:01Z");
});

test("containers go with the last thing in them", () => {
  const written = new Written().apply("A", { a: "1", pair: { x: "1" }, map: { k: "1" }, set: ["s"] });
  assert.deepEqual(written.apply("A", { a: "1" }).spec, { a: "1" });
});

test("managers that apply different fields do not disturb each other", () => {
  const written = new Written().apply("A", { a: "1", pair: { x: "1" } });
  written.apply("B", { b: "1", pair: { y: "1" } });
  assert.deepEqual(written.spec, { a: "1", b: "1", pair: { x: "1", y: "1" } });
  written.apply("A", { a: "1" });
  assert.deepEqual(written.spec, { a: "1", b: "1", pair: { y: "1" } });
});

test("to apply another value than an owner's is a conflict that names owner and field", () => {
  const written = new Written().apply("A", { a: "1", b: "1", list: [{ name: "i", value: "1" }] });
  const { live } = written;
  assert.deepEqual(
    conflictsOf(() => written.apply("B", { a: "2", b: "1", list: [{ name: "i", value: "2" }] })),
    ['conflict with "A" .spec.a', 'conflict with "A" .spec.list[name="i"].value'],
  );
  assert.equal(written.live, live);
});

test("the message of a conflict is what kubectl shows", () => {
  const written = new Written().update("kubectl", { a: "1" });
  assert.throws(() => written.apply("B", { a: "2" }), {
    message: `Apply failed with 1 conflict: conflict with "kubectl" using ${VERSION}: .spec.a`,
  });
  written.apply("C", { b: "1" });
  assert.throws(() => written.apply("B", { a: "2", b: "2" }), {
    message: `Apply failed with 2 conflicts: conflicts with "C":\n- .spec.b\nconflicts with "kubectl" using ${VERSION}:\n- .spec.a`,
  });
});

test("force takes a field over", () => {
  const written = new Written().apply("A", { a: "1", b: "1" }).apply("B", { a: "2" }, true);
  assert.deepEqual(written.spec, { a: "2", b: "1" });
  assert.deepEqual(written.owners, { "A applies": [".spec.b"], "B applies": [".spec.a"] });
});

test("a manager that lost everything has no entry any more", () => {
  const written = new Written().apply("A", { a: "1" }).apply("B", { a: "2" }, true);
  assert.deepEqual(Object.keys(written.owners), ["B applies"]);
});

test("to apply the same value shares the field, and the last owner's leaving removes it", () => {
  const written = new Written().apply("A", { a: "1", b: "1" }).apply("B", { a: "1" });
  assert.deepEqual(written.owners, { "A applies": [".spec.a", ".spec.b"], "B applies": [".spec.a"] });
  assert.deepEqual(written.apply("A", { b: "1" }).spec, { a: "1", b: "1" });
  assert.deepEqual(
    conflictsOf(() => written.apply("A", { a: "2", b: "1" })),
    ['conflict with "B" .spec.a'],
  );
  written.applyObject("B", { apiVersion: VERSION, kind: "Thing", metadata: { name: "t" } });
  assert.deepEqual(written.spec, { b: "1" });
  assert.deepEqual(Object.keys(written.owners), ["A applies"]);
});

test("a shared field that one of its owners changes by force is its alone", () => {
  const written = new Written().apply("A", { a: "1" }).apply("B", { a: "1" }).apply("B", { a: "2" }, true);
  assert.deepEqual(written.owners, { "B applies": [".spec.a"] });
});

test("what an update changed is taken over from who applied it, and conflicts from then on", () => {
  const written = new Written().apply("A", { a: "1", b: "1" }).update("U", { a: "2", b: "1" });
  assert.deepEqual(written.owners, { "A applies": [".spec.b"], "U updates": [".spec.a"] });
  assert.deepEqual(
    conflictsOf(() => written.apply("A", { a: "1", b: "1" })),
    [`conflict with "U" using ${VERSION} .spec.a`],
  );
  assert.deepEqual(written.apply("A", { a: "2", b: "1" }).owners, {
    "A applies": [".spec.a", ".spec.b"],
    "U updates": [".spec.a"],
  });
});

test("the first apply to an untracked object keeps all that is there", () => {
  const written = new Written();
  written.live = thing({ a: "1", b: "1" });
  assert.deepEqual(
    conflictsOf(() => written.apply("A", { a: "2" })),
    [`conflict with "before-first-apply" using ${VERSION} .spec.a`],
  );
  written.apply("A", { a: "1" });
  assert.deepEqual(written.owners, {
    "A applies": [".spec.a"],
    "before-first-apply updates": [".spec", ".spec.a", ".spec.b"],
  });
  assert.deepEqual(written.apply("A", {}).spec, { a: "1", b: "1" });
});

test("defaults, which nobody owns, stay", () => {
  const written = new Written().apply("A", { a: "1", map: { k: "1" } });
  written.live = { ...written.live, spec: { a: "1", b: "default", map: { k: "1" } } };
  assert.deepEqual(written.apply("A", { map: { k: "1" } }).spec, { b: "default", map: { k: "1" } });
});

test("who applies in another version goes on with the same entry", () => {
  const written = new Written().apply("A", { a: "1", b: "1" });
  const entries = written.entries.map((entry) => ({ ...entry, apiVersion: "example.com/v1beta1" }));
  written.live = { ...written.live, metadata: { name: "t", managedFields: entries } };
  assert.deepEqual(written.apply("A", { b: "1" }).spec, { b: "1" });
  assert.deepEqual(
    written.entries.map((entry) => entry["apiVersion"]),
    [VERSION],
  );
});

test("atomic objects and lists have one owner as a whole", () => {
  const written = new Written().apply("A", { atom: { x: "1" }, atomic: [{ name: "i" }] });
  assert.deepEqual(written.owners, { "A applies": [".spec.atom", ".spec.atomic"] });
  const other = { atom: { y: "1" }, atomic: [{ name: "j" }] };
  assert.deepEqual(
    conflictsOf(() => written.apply("B", other)),
    ['conflict with "A" .spec.atom', 'conflict with "A" .spec.atomic'],
  );
  assert.deepEqual(written.apply("B", other, true).spec, other);
});

test("without a schema objects are owned by field and lists as a whole", () => {
  const written = new Written().apply("A", { open: { m: { k: "1" }, l: ["a"] }, any: { n: 1 } });
  written.apply("B", { open: { m: { other: "1" } }, any: { o: 1 } });
  assert.deepEqual(written.spec, { open: { m: { k: "1", other: "1" }, l: ["a"] }, any: { n: 1, o: 1 } });
  assert.deepEqual(
    conflictsOf(() => written.apply("B", { open: { l: ["b"] } })),
    ['conflict with "A" .spec.open.l'],
  );
});

test("an untyped field may change from a value to an object and back", () => {
  const written = new Written().apply("A", { any: "text" }).apply("A", { any: { k: 1 } });
  assert.deepEqual(written.spec, { any: { k: 1 } });
  assert.deepEqual(written.apply("A", { any: [1] }).spec, { any: [1] });
});

test("empty objects are owned, empty lists stay without an owner", () => {
  const written = new Written().apply("A", { pair: {}, map: {}, set: [] });
  assert.deepEqual(written.spec, { pair: {}, map: {}, set: [] });
  assert.deepEqual(written.owners, { "A applies": [".spec.map", ".spec.pair"] });
});

test("null is a value of a field, and nothing in a container that has something", () => {
  const written = new Written().apply("A", { a: null, map: { k: "1" } });
  assert.deepEqual(written.spec, { a: null, map: { k: "1" } });
  assert.deepEqual(written.apply("B", { map: null, list: null }).spec, {
    a: null,
    map: { k: "1" },
    list: null,
  });
});

test("names and what the server fills in are never owned", () => {
  const metadata = {
    name: "t",
    namespace: "n",
    uid: "u",
    resourceVersion: "1",
    generation: 1,
    creationTimestamp: "1970-01-01T00:00:00Z",
    labels: { l: "1" },
    annotations: {},
    finalizers: ["f"],
    ownerReferences: [{ uid: "o", name: "owner" }],
  };
  const written = new Written().applyObject("A", { ...thing({}), metadata });
  assert.deepEqual(written.owners["A applies"], [
    ".metadata.annotations",
    '.metadata.finalizers[="f"]',
    ".metadata.labels.l",
    '.metadata.ownerReferences[uid="o"]',
    ".spec",
  ]);
});

test("fields that the write leaves alone are neither owned nor in conflict", () => {
  const written = new Written().apply("A", { a: "1" }).updateStatus("S", { phase: "Good" });
  written.applyObject("B", thing({ b: "1" }, { status: { phase: "Bad" } }));
  assert.deepEqual(written.owners, {
    "A applies": [".spec.a"],
    "B applies": [".spec.b"],
    "S updates status": [".status", ".status.phase"],
  });
});

test("apply and the managers of the status subresource are told apart", () => {
  const request = {
    schema: thingSchema,
    apiVersion: VERSION,
    manager: "A",
    force: false,
    now: "1970-01-01T00:00:00Z",
    subresource: "status",
    resetFields: [["spec"], ["metadata"]],
  };
  const { live } = new Written().apply("A", { a: "1" });
  const written = new Written();
  written.live = serverSideApply({
    ...request,
    live: live!,
    applied: thing({ a: "2" }, { status: { phase: "P" } }),
  });
  assert.deepEqual(written.owners, { "A applies": [".spec.a"], "A applies status": [".status.phase"] });
  assert.throws(
    () =>
      serverSideApply({
        ...request,
        manager: "B",
        live: written.live!,
        applied: thing({}, { status: { phase: "Q" } }),
      }),
    {
      message: 'Apply failed with 1 conflict: conflict with "A" with subresource "status": .status.phase',
    },
  );
});

test("what was owned in part is owned as a whole once the schema says it is atomic", () => {
  const granular = object({
    ...thingSchema.fields,
    spec: object({ m: map(string()), l: array(string(), { set: true }) }),
  });
  const atomic = object({
    ...thingSchema.fields,
    spec: object({ m: map(string(), { atomic: true }), l: array(string()), o: optional(open({})) }),
  });
  const written = new Written();
  written.schema = granular;
  written.apply("A", { m: { k: "1" }, l: ["a"] });
  written.schema = atomic;
  assert.deepEqual(
    conflictsOf(() => written.apply("B", { m: { k: "2" } })),
    ['conflict with "A" .spec.m'],
  );
  assert.deepEqual(written.apply("A", { m: { k: "1" } }).owners, { "A applies": [".spec.m"] });
  assert.deepEqual(written.spec, { m: { k: "1" } });
});

const refused: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  ["managedFields", { ...thing({}), metadata: { managedFields: [] } }, /managedFields must not be set/],
  [
    "another version",
    { ...thing({}), apiVersion: "example.com/v2" },
    /must have apiVersion "example.com\/v1", not/,
  ],
  ["an unknown field", thing({ c: 1 }), /: \.spec\.c: field not declared in schema$/],
  [
    "an unknown field of an element",
    thing({ atomic: [{ z: 1 }] }),
    /\.spec\.atomic\[0\]\.z: field not declared/,
  ],
  [
    "an element twice",
    thing({ list: [{ name: "i" }, { name: "i" }] }),
    /\.spec\.list: duplicate .* \[name="i"\]/,
  ],
  [
    "a value of a set twice",
    thing({ set: ["a", "b", "a"] }),
    /\.spec\.set: duplicate entries for key \[="a"\]/,
  ],
  [
    "a port twice by default",
    thing({ ports: [{ port: 1 }, { port: 1, protocol: "TCP" }] }),
    /duplicate entries/,
  ],
  ["an element without key", thing({ list: [{ value: "1" }] }), /element 0 has none of the fields .*: name/],
  ["an element that is no object", thing({ list: ["a"] }), /element 0 must be an object/],
  ["an object in a set", thing({ set: [{}] }), /element 0 must be a string, number or boolean/],
];

for (const [name, applied, message] of refused) {
  test(`an apply of ${name} is refused`, () => {
    assert.throws(() => new Written().applyObject("A", applied), { reason: "BadRequest", message });
  });
}

test("an object nested without end is refused", () => {
  let value: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) value = { a: value };
  assert.throws(() => new Written().apply("A", { any: value }), {
    reason: "BadRequest",
    message: /nested too deeply/,
  });
});
