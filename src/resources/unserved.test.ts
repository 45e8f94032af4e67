import assert from "node:assert/strict";
import { test } from "node:test";
import { hasEffect } from "./unserved.ts";

test("kinds that nothing is done with yet are known", () => {
  assert.ok(["Gateway", "ListenerSet", "HTTPRoute", "TCPRoute", "Secret", "XBackend"].every(hasEffect));
  assert.ok(!hasEffect("XMesh"));
});
