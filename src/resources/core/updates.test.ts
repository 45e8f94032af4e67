import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../json.ts";
import { edit, verdict } from "./core.fixture.ts";
import * as good from "./manifests.fixture.ts";

const fixed = "Cannot be changed: delete the object and create it anew";

/** Changes of an object that exists, and the faults that they make. */
const cases: readonly (readonly [JsonObject, Readonly<Record<string, unknown>>, ...string[]])[] = [
  [good.deployment, { "spec/replicas": 5, "spec/template/spec/containers/0/image": "b:2" }],
  [
    good.deployment,
    { "spec/selector/matchLabels/tier": "a", "spec/template/metadata/labels/tier": "a" },
    `spec.selector: ${fixed}`,
  ],
  [good.secret, { "data/tls.crt": "" }],
  [good.secret, { type: "Opaque" }, `type: ${fixed}`],
  [good.configMap, { "data/mode": "slow" }],
  [
    edit(good.configMap, { immutable: true }),
    { "data/mode": "slow", immutable: false },
    `data: ${fixed}`,
    `immutable: ${fixed}`,
  ],
  [edit(good.secret, { immutable: true }), { "data/tls.crt": "" }, `data: ${fixed}`],
  [good.roleBinding, { subjects: [] }],
  [good.roleBinding, { "roleRef/name": "other" }, `roleRef: ${fixed}`],
  [good.clusterRoleBinding, { "roleRef/name": "other" }, `roleRef: ${fixed}`],
  [good.ingressClass, { "spec/controller": "example.com/other" }, `spec.controller: ${fixed}`],
  [good.endpointSlice, { addressType: "IPv6", endpoints: [] }, `addressType: ${fixed}`],
  [good.node, { "spec/podCIDR": "10.2.0.0/24" }, `spec.podCIDRs: ${fixed}`],
  [good.node, { "spec/unschedulable": false, "spec/providerID": "x://1" }],
  [good.definition, { "spec/names/shortNames": ["ck"] }],
  [
    edit(good.service, { "spec/type": "LoadBalancer" }),
    { "spec/loadBalancerClass": "example.com/other" },
    `spec.loadBalancerClass: ${fixed}`,
  ],
];

test("What stays as it was made cannot be changed; the rest can", () => {
  for (const [manifest, changes, ...faults] of cases) {
    const stored: JsonObject = verdict(manifest).value;
    const label = `${String(manifest["kind"])} ${JSON.stringify(changes)}`;
    assert.deepEqual(verdict(edit(stored, changes), stored).faults, faults, label);
  }
});
