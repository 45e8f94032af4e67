import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../resources/json.ts";
import { ownerReferenceTo, readService } from "./ownership.ts";

const gateway = { namespace: "default", name: "web", uid: "1" };
const reference = ownerReferenceTo(gateway);

function service(metadata: JsonObject = {}, spec: JsonObject = { clusterIP: "10.0.0.7" }): JsonObject {
  const labels = { "app.kubernetes.io/managed-by": "gatewright.dev" };
  const annotations = { "gatewright.dev/ordinal": "2" };
  const ours = { namespace: "default", name: "x", labels, annotations, ownerReferences: [reference] };
  return { metadata: { ...ours, ...metadata }, spec };
}

test("what a Service of ours is for, and its address", () => {
  assert.deepEqual(readService(service()), { gateway, ordinal: 2, clusterIP: "10.0.0.7" });
  const stranger = { apiVersion: "v1", kind: "ConfigMap", name: "c", uid: "2" };
  const several = service({ ownerReferences: [stranger, reference] });
  assert.deepEqual(readService(several)?.gateway, gateway);
});

const without: readonly (readonly [what: string, object: JsonObject])[] = [
  ["before it has one", service({}, {})],
  ["empty", service({}, { clusterIP: "" })],
  ["headless", service({}, { clusterIP: "None" })],
  ["about to go", service({ deletionTimestamp: "2026-11-22T00:00:00Z" })],
];
for (const [what, object] of without) {
  test(`no address: ${what}`, () => {
    assert.deepEqual(readService(object), { gateway, ordinal: 2 });
  });
}

const foreign: readonly (readonly [what: string, object: JsonObject])[] = [
  ["no labels", service({ labels: undefined })],
  ["managed by somebody else", service({ labels: { "app.kubernetes.io/managed-by": "Helm" } })],
  ["no owner", service({ ownerReferences: undefined })],
  ["an owner of another kind", service({ ownerReferences: [{ ...reference, kind: "Service" }] })],
  ["of another group", service({ ownerReferences: [{ ...reference, apiVersion: "example.com/v1" }] })],
  ["a Gateway that does not control it", service({ ownerReferences: [{ ...reference, controller: false }] })],
  ["no ordinal", service({ annotations: {} })],
  ["an ordinal that is no number", service({ annotations: { "gatewright.dev/ordinal": "-1" } })],
];
for (const [what, object] of foreign) {
  test(`not ours: ${what}`, () => assert.equal(readService(object), undefined));
}
