import assert from "node:assert/strict";
import { test } from "node:test";
import { unservedFields } from "./unserved.ts";

test("fields without effect are found, and only where they ask for something", () => {
  const gateway = { spec: { defaultScope: "All", allowedListeners: null, tls: { backend: {} } } };
  assert.deepEqual(unservedFields("Gateway", gateway), [["spec", "defaultScope"]]);
  assert.deepEqual(unservedFields("HTTPRoute", { spec: { useDefaultGateways: "None" } }), []);
  assert.deepEqual(unservedFields("HTTPRoute", { spec: "?" }), []);
  assert.deepEqual(unservedFields("Service", gateway), []);
});
