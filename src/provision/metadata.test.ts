import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../resources/json.ts";
import { changeOfMetadata, metadataOf } from "./metadata.ts";
import type { ServiceWanted } from "../resources/wanted-service.ts";

type Texts = Readonly<Record<string, string>>;

function body(labels: Texts, annotations: Texts = {}): JsonObject {
  const wanted: ServiceWanted = {
    gateway: { namespace: "default", name: "web", uid: "1" },
    gatewayClass: "gatewright",
    ordinal: 0,
    labels,
    annotations,
    ports: [],
    address: "192.0.2.7",
  };
  return { metadata: metadataOf(wanted, {}) };
}

/** Made for this wish, with keys of others. */
function live(
  labels: Texts,
  annotations: Texts,
  theirs: Record<"labels" | "annotations", Texts>,
): JsonObject {
  const { metadata } = body(labels, annotations) as { metadata: Record<"labels" | "annotations", Texts> };
  return {
    metadata: {
      labels: { ...metadata.labels, ...theirs.labels },
      annotations: { ...metadata.annotations, ...theirs.annotations },
    },
  };
}

const none = { labels: {}, annotations: {} };

test("only what differs, and what an earlier wish had, is in the patch", () => {
  const theirs = { labels: { theirs: "1" }, annotations: { theirs: "1" } };
  const is = live({ a: "1", b: "1", c: "1" }, { d: "1" }, theirs);
  assert.deepEqual(changeOfMetadata(is, body({ a: "1", b: "1", c: "1" }, { d: "1" })), {});
  const { metadata } = changeOfMetadata(is, body({ a: "1", b: "2" })) as {
    metadata: Record<"labels" | "annotations", JsonObject>;
  };
  assert.deepEqual(metadata.labels, { b: "2", c: null });
  const { "gatewright.dev/infrastructure": note, ...annotations } = metadata.annotations;
  assert.deepEqual(annotations, { d: null });
  assert.equal(typeof note, "string");
});

test("the note goes with the last key", () => {
  const change = changeOfMetadata(live({ a: "1" }, {}, none), body({}));
  const annotations = { "gatewright.dev/infrastructure": null };
  assert.deepEqual(change, { metadata: { labels: { a: null }, annotations } });
});

const notes = ["", "{", "7", '{"labels":7,"annotations":[1]}', '{"labels":["app.kubernetes.io/managed-by"]}'];
for (const note of notes) {
  test(`a note that is none, or says what is ours, takes nothing away: ${note}`, () => {
    const annotations = { "gatewright.dev/infrastructure": note, theirs: "1" };
    const is = live({}, {}, { labels: { theirs: "1" }, annotations });
    const change = changeOfMetadata(is, body({}));
    assert.deepEqual(change, { metadata: { annotations: { "gatewright.dev/infrastructure": null } } });
  });
}
