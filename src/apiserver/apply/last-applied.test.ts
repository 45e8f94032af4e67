import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { thing, Written } from "./testing.ts";

const ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

/** As `kubectl apply` leaves an object, and what became of its spec since. */
function clientApplied(spec: JsonObject, now: JsonObject): Written {
  const annotations = { [ANNOTATION]: JSON.stringify(thing(spec)) };
  const metadata = { name: "t", annotations };
  return new Written().updateObject("kubectl-client-side-apply", thing(now, { metadata }));
}

function annotationsOf(written: Written): JsonObject {
  const metadata = (written.live ?? {})["metadata"] as { annotations: JsonObject };
  return metadata.annotations;
}

function noteOf(written: Written): unknown {
  return JSON.parse(annotationsOf(written)[ANNOTATION] as string);
}

test("kubectl may change on the server what it applied by itself, and the note follows", () => {
  const written = clientApplied({ a: "1" }, { a: "1" }).apply("kubectl", { a: "2" });
  assert.deepEqual(written.spec, { a: "2" });
  assert.deepEqual(noteOf(written), thing({ a: "2" }));
  const { live } = written;
  assert.equal(written.apply("kubectl", { a: "2" }).live, live);
});

test("kubectl may not change what others changed since, or what it never applied", () => {
  const written = clientApplied({ a: "1", pair: { x: "1" } }, { a: "3", b: "1", pair: { x: "1" } });
  assert.throws(
    () => written.apply("kubectl", { a: "2", b: "2", pair: { x: "2" } }),
    (error) => {
      const { causes } = (error as { details: { causes: { field: string }[] } }).details;
      assert.deepEqual(
        causes.map(({ field }) => field),
        [".spec.a", ".spec.b"],
      );
      return true;
    },
  );
});

test("other managers have no such right, and leave the note alone", () => {
  const written = clientApplied({ a: "1" }, { a: "1" });
  assert.throws(() => written.apply("other", { a: "2" }), { reason: "Conflict" });
  assert.deepEqual(noteOf(written.apply("other", { b: "1" })), thing({ a: "1" }));
});

for (const note of ["", "{", "[]", JSON.stringify({ ...thing({ a: "1" }), apiVersion: "example.com/v0" })]) {
  test(`a note ${JSON.stringify(note)} allows nothing`, () => {
    const metadata = { name: "t", annotations: { [ANNOTATION]: note } };
    const written = new Written().updateObject("U", thing({ a: "1" }, { metadata }));
    assert.throws(() => written.apply("kubectl", { a: "2" }), { reason: "Conflict" });
  });
}

test("a note that would be too large is left out", () => {
  const written = clientApplied({ a: "1" }, { a: "1" }).apply("kubectl", { a: "x".repeat(256 * 1024) });
  assert.deepEqual(annotationsOf(written), {});
});
