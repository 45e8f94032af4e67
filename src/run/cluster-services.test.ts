import assert from "node:assert/strict";
import { test } from "node:test";
import { readKinds } from "../translate/translate.ts";
import { knowsWishes } from "./cluster-services.ts";

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
