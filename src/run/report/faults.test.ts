import assert from "node:assert/strict";
import { test } from "node:test";
import type { WrittenCondition } from "../../resources/condition.ts";
import { faultsOf } from "./faults.ts";

function condition(
  type: string,
  status: "True" | "False" | "Unknown",
  reason: string = type,
): WrittenCondition {
  return {
    type,
    status,
    reason,
    message: "",
    observedGeneration: 1,
    lastTransitionTime: "2026-01-01T00:00:00Z",
  };
}

function brief(conditions: readonly WrittenCondition[]): readonly string[] {
  const status = {
    addresses: [],
    attachedListenerSets: 0,
    conditions,
    listeners: [{ name: "http", supportedKinds: [], attachedRoutes: 0, conditions }],
  };
  const faults = faultsOf({ kind: "Gateway", key: "Gateway/shop/web", status });
  return faults.map(({ subject, type, status: value }) => `${subject}: ${type}=${value}`);
}

test("conditions are as wished", () => {
  const good = [
    condition("Accepted", "True"),
    condition("Programmed", "True"),
    condition("Conflicted", "False"),
  ];
  assert.deepEqual(brief(good), []);
});

test("False and Unknown are faults, and True where it is the bad news", () => {
  const bad = [condition("Programmed", "Unknown"), condition("Conflicted", "True")];
  assert.deepEqual(brief(bad), [
    "Gateway shop/web: Programmed=Unknown",
    "Gateway shop/web: Conflicted=True",
    "Gateway shop/web, listener http: Programmed=Unknown",
    "Gateway shop/web, listener http: Conflicted=True",
  ]);
});

test("accepted in part is a fault", () => {
  assert.equal(brief([condition("Accepted", "True", "ListenersNotValid")]).length, 2);
});

test("classes and parents are named", () => {
  const conditions = [condition("Accepted", "False")];
  const parentRef = { group: "gateway.networking.k8s.io", kind: "Gateway", name: "web", sectionName: "http" };
  const parents = [{ parentRef, controllerName: "a/b", conditions }];
  const faults = [
    ...faultsOf({
      kind: "GatewayClass",
      key: "GatewayClass//prod",
      status: { conditions, supportedFeatures: [] },
    }),
    ...faultsOf({ kind: "HTTPRoute", key: "HTTPRoute/shop/a", status: { parents } }),
  ];
  assert.deepEqual(
    faults.map(({ subject }) => subject),
    ["GatewayClass prod", "HTTPRoute shop/a, parent web/http"],
  );
});
