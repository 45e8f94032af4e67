import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestResult } from "./events.ts";
import { untestedFeatures } from "./own-tests.ts";
import { faultsOf, hollowPasses, lacking } from "./verdict.ts";

function result(name: string, outcome: TestResult["outcome"], ...features: readonly string[]): TestResult {
  return { name, outcome, features, seconds: 0, output: "" };
}

function faults(results: readonly TestResult[], declared: readonly string[], published = declared) {
  return faultsOf({ results, declared, published });
}

const gateway = result("G", "pass", "Gateway");
const [untested = ""] = Object.keys(untestedFeatures);

test("what is declared and passes is all right, in any order of the status", () => {
  assert.deepEqual(
    faults([gateway, result("H", "pass", "HTTPRoute")], ["HTTPRoute", "Gateway"], ["Gateway", "HTTPRoute"]),
    [],
  );
});

const wrong: readonly [string, readonly TestResult[], readonly string[], RegExp][] = [
  [
    "declared, and nothing asks for it",
    [gateway],
    ["Gateway", "TLSRoute"],
    /^TLSRoute is declared, and no test/,
  ],
  [
    "declared, and its only test failed",
    [gateway, result("T", "fail", "TLSRoute")],
    ["Gateway", "TLSRoute"],
    /^TLSRoute is declared, and no test/,
  ],
  [
    "passing, and not declared",
    [gateway, result("T", "pass", "TLSRoute")],
    ["Gateway"],
    /^TLSRoute passes all/,
  ],
  [
    "declared as untested, and tested",
    [gateway, result("L", "pass", untested)],
    ["Gateway", untested],
    /the suite tests it now \(L\)/,
  ],
];
for (const [what, results, declared, expected] of wrong) {
  test(`a feature that is ${what} is a fault`, () => {
    const found = faults(results, declared);
    assert.equal(found.length, 1, found.join());
    assert.match(found[0] ?? "", expected);
  });
}

test("a feature of which one test fails need not be declared", () => {
  assert.deepEqual(faults([gateway, result("A", "pass", "X"), result("B", "fail", "X")], ["Gateway"]), []);
});

test("a feature that nothing but our own tests shows may be declared", () => {
  assert.deepEqual(faults([gateway], ["Gateway", untested]), []);
});

test("a status that says something else than the list is a fault", () => {
  assert.deepEqual(faults([gateway], ["Gateway"], ["Gateway", "Mesh"]), [
    "GatewayClass.status.supportedFeatures is not what is declared: -Mesh",
  ]);
});

test("what a pass does not show is said, with our own tests", () => {
  const name = "GRPCRouteRequestHeaderModifier";
  assert.deepEqual(hollowPasses([result(name, "fail"), gateway]), []);
  assert.match(hollowPasses([result(name, "pass")])[0] ?? "", /compares no headers; ours: test\//);
});

test("what is lacking is read from the reasons of skipped tests", () => {
  const skipped = (feature: string) => ({
    ...result("S", "skip"),
    reason: `suite does not support ${feature}`,
  });
  assert.deepEqual(lacking([gateway, skipped("A"), skipped("B"), skipped("A")]), ["A", "B"]);
});
