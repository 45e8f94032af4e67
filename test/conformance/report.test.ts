import assert from "node:assert/strict";
import { test } from "node:test";
import { readReport, summaryOf } from "./report.ts";

const report = `
apiVersion: gateway.networking.k8s.io/v1
date: "2026-11-21T22:44:45Z"
gatewayAPIChannel: experimental
gatewayAPIVersion: v1.7.0
implementation: { version: v0.1.0 }
kind: ConformanceReport
mode: default
profiles:
  - name: GATEWAY-HTTP
    core: { result: success, statistics: { Failed: 0, Passed: 40, Skipped: 0 } }
    extended:
      result: failure
      statistics: { Failed: 1, Passed: 2, Skipped: 3 }
      supportedFeatures: [A, B]
      unsupportedFeatures: [C]
  - name: GATEWAY-UDP
    core: { result: partial, statistics: { Failed: 0, Passed: 1, Skipped: 2 } }
succeededProvisionalTests: [X]
`;

test("a report is summed up in a line for each profile", () => {
  assert.deepEqual(summaryOf(readReport(report)), [
    "GATEWAY-HTTP: core success (40 passed, 0 skipped, 0 failed), extended failure (2 passed, 3 skipped, 1 failed), 2 of 3 extended features",
    "GATEWAY-UDP: core partial (1 passed, 2 skipped, 0 failed), no extended test has run",
    "provisional tests passed: 1",
  ]);
});

test("a report of a suite that could not begin has no profiles", () => {
  assert.deepEqual(summaryOf(readReport("kind: ConformanceReport\nmode: default\n")), [
    "provisional tests passed: 0",
  ]);
});
