import assert from "node:assert/strict";
import { test } from "node:test";
import { findKind } from "./kinds.ts";
import { hintFor, retiredKinds } from "./retired.ts";

for (const { group, version, kind } of retiredKinds) {
  const apiVersion = `${group}/${version}`;
  test(`${apiVersion} ${kind} is not served, and its current form is known`, () => {
    assert.equal(findKind(apiVersion, kind), undefined);
    assert.match(hintFor(apiVersion, kind, {}) ?? "", /current form|is served as/);
  });
}
