import assert from "node:assert/strict";
import { test } from "node:test";
import { hasEffect, unservedFields } from "./unserved.ts";

test("fields without effect are found, and only where they ask for something", () => {
  const gateway = { spec: { defaultScope: "All", tls: { frontend: { default: {} }, backend: {} } } };
  assert.deepEqual(unservedFields("Gateway", gateway), [["spec", "tls", "frontend"]]);
  assert.deepEqual(unservedFields("Gateway", { spec: { tls: { frontend: null } } }), []);
  assert.deepEqual(unservedFields("Gateway", { spec: "?" }), []);
  assert.deepEqual(unservedFields("Service", gateway), []);
});

test("kinds that nothing is done with yet are known", () => {
  assert.ok(["Gateway", "ListenerSet", "HTTPRoute", "GRPCRoute", "Secret"].every(hasEffect));
  assert.ok(!hasEffect("TCPRoute"));
});
