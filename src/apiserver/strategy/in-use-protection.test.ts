import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../testing.ts";

for (const { path, finalizer } of [
  { path: "/api/v1/persistentvolumes", finalizer: "kubernetes.io/pv-protection" },
  { path: "/api/v1/namespaces/default/persistentvolumeclaims", finalizer: "kubernetes.io/pvc-protection" },
]) {
  test(`${finalizer} is there from the start, once`, async (context) => {
    const api = await Api.open(context);
    for (const [name, given] of [
      ["a", []],
      ["b", [finalizer, "example.test/own"]],
    ] as const) {
      const { code, body } = await api.post(path, { metadata: { name, finalizers: given }, spec: {} });
      assert.equal(code, 201);
      const { finalizers } = body["metadata"] as { finalizers: readonly string[] };
      assert.deepEqual(finalizers, given.length === 0 ? [finalizer] : given);
    }
  });
}
