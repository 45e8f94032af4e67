import assert from "node:assert/strict";
import { test } from "node:test";
import { check, shown, type Json } from "../testing.ts";

const full: Json = {
  apiVersion: "multicluster.x-k8s.io/v1beta1",
  kind: "ServiceImport",
  metadata: { name: "web" },
  spec: {
    type: "ClusterSetIP",
    ips: ["10.0.0.1"],
    ports: [{ name: "http", protocol: "TCP", appProtocol: "http", port: 80 }],
    sessionAffinity: "ClientIP",
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 10 } },
    ipFamilies: ["IPv4"],
    internalTrafficPolicy: "Cluster",
    trafficDistribution: "PreferClose",
  },
};

test("a ServiceImport is taken as it is written, in both of its versions", () => {
  for (const version of ["v1beta1", "v1alpha1"]) {
    const apiVersion = `multicluster.x-k8s.io/${version}`;
    assert.deepEqual(shown(check({ ...full, apiVersion }).errors), []);
  }
});

test("what is missing or wrong in a ServiceImport is named", () => {
  const faults = (spec: Json) => shown(check({ ...full, spec }).errors);
  assert.match(faults({ type: "Headless" }).join(), /ports/);
  assert.match(faults({ type: "Other", ports: [] }).join(), /Other/);
  assert.match(faults({ type: "Headless", ports: [{ port: 0 }] }).join(), /port/);
});
