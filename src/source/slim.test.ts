import assert from "node:assert/strict";
import { test } from "node:test";
import { slimming } from "./slim.ts";

const metadata = { name: "a", labels: { app: "x" }, resourceVersion: "7" };
const whole = { ...metadata, managedFields: [{ manager: "m" }] };

test("of pods what decides where requests go is kept", () => {
  const status = { podIP: "10.0.0.1", podIPs: [{ ip: "10.0.0.1" }], conditions: [], phase: "Running" };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: whole, spec: { containers: [] }, status };
  const { phase: _, ...kept } = status;
  assert.deepEqual(slimming.get("Pod")!(pod), { apiVersion: "v1", kind: "Pod", metadata, status: kept });
  const { status: __, ...pending } = pod;
  assert.deepEqual(slimming.get("Pod")!(pending)["status"], {});
});

test("of CustomResourceDefinitions their schemas go", () => {
  const spec = { group: "example.com", names: { kind: "X" } };
  const common = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
  const definition = { ...common, metadata: whole, spec: { ...spec, versions: [{}] }, status: {} };
  assert.deepEqual(slimming.get("CustomResourceDefinition")!(definition), { ...common, metadata, spec });
});
