import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../apiserver/testing.ts";
import { connectToServer, type KubeObject, openClient } from "../kube/kube.ts";
import type { Gateway } from "../resources/gateway/gateway.ts";
import type { JsonObject } from "../resources/json.ts";
import { readKinds } from "../translate/translate.ts";
import { ClusterServices, knowsWishes } from "./cluster-services.ts";

const kinds = [...readKinds].map((name) => name.slice(0, name.indexOf(".")));

function knows(unread: readonly string[], lacking: readonly string[] = []): boolean {
  return knowsWishes({
    hasRead: (kind) => kinds.includes(kind) && !unread.includes(kind) && !lacking.includes(kind),
    lacks: (kind) => lacking.includes(kind),
  });
}

test("what listeners depend on is read before a Service of an earlier run seems to be left over", () => {
  assert.equal(knows([]), true);
  const awaited = kinds.filter((kind) => !knows([kind]));
  assert.deepEqual(awaited.toSorted(), [
    "ClusterTrustBundle",
    "ConfigMap",
    "Gateway",
    "GatewayClass",
    "ListenerSet",
    "Namespace",
    "ReferenceGrant",
    "Secret",
  ]);
});

test("kinds that the server does not show are not waited for, but Gateways are", () => {
  assert.equal(knows([], ["ClusterTrustBundle", "ListenerSet"]), true);
  assert.equal(knows([], ["Gateway"]), false);
});

test("a Service whose EndpointSlice is not there has no address to give", async (t) => {
  const objects = new Map<string, JsonObject>();
  const { url, ca, token } = (await Api.open(t)).server;
  const client = openClient(connectToServer({ server: url, ca, token }));
  const services = new ClusterServices({
    client,
    source: {
      find: (key) => objects.get(key) as KubeObject | undefined,
      hasRead: () => false,
      lacks: () => false,
    },
    onFaults: () => undefined,
  });
  t.after(() => {
    services.close();
    client.close();
  });
  const gateway = { kind: "Gateway", metadata: { namespace: "a", name: "gw", uid: "u" } } as Gateway;
  const metadata = {
    namespace: "a",
    name: "gw-prod",
    labels: { "app.kubernetes.io/managed-by": "gatewright.dev" },
    annotations: { "gatewright.dev/ordinal": "0" },
    ownerReferences: [
      { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", name: "gw", uid: "u", controller: true },
    ],
  };
  objects.set("Service/a/gw-prod", { metadata, spec: { clusterIP: "10.96.0.7" } });
  assert.deepEqual(services.note(["Service/a/gw-prod"]), new Set());
  assert.deepEqual(services.clusterIPs(gateway), []);
  objects.set("EndpointSlice/a/gw-prod", { metadata });
  assert.deepEqual(services.note(["EndpointSlice/a/gw-prod"]), new Set(["Gateway/a/gw"]));
  assert.deepEqual(services.clusterIPs(gateway), ["10.96.0.7"]);
  objects.delete("EndpointSlice/a/gw-prod");
  assert.deepEqual(services.note(["EndpointSlice/a/gw-prod"]), new Set(["Gateway/a/gw"]));
  assert.deepEqual(services.clusterIPs(gateway), []);
});
