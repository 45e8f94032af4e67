import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { compareGroups, compareVersions } from "./versions.ts";

test("versions by priority", () => {
  const order = [
    "v10",
    "v2",
    "v1",
    "v11beta2",
    "v10beta3",
    "v3beta1",
    "v12alpha1",
    "v11alpha2",
    "foo1",
    "foo10",
    "v1gamma1",
  ];
  assert.deepEqual(order.toReversed().sort(compareVersions), order);
});

test("groups: built-in ones as kube-apiserver has them, then by name", () => {
  const order = [
    "",
    "apps",
    "events.k8s.io",
    "networking.k8s.io",
    "apiextensions.k8s.io",
    "a.example",
    "b.example",
  ];
  assert.deepEqual(order.toReversed().sort(compareGroups), order);
});

test("versions have one order", () => {
  const version = fc.stringMatching(/^v?[0-9]{1,3}((alpha|beta)[0-9]{1,2})?$/);
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      assert.equal(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a)), 0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) assert.ok(compareVersions(a, c) <= 0);
    }),
  );
});
