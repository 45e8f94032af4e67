import assert from "node:assert/strict";
import { test } from "node:test";
import { gatewayKinds } from "../../resources/gateway/gateway-kinds.ts";
import { Registry } from "../registry.ts";
import { absenceOf, findRetired, refusalOf, retiredResources } from "./retired.ts";

const registry = new Registry(gatewayKinds);
const group = "gateway.networking.x-k8s.io";

test("whoever writes a retired kind hears of its current form, and so does whoever reads", () => {
  const policy = findRetired(registry, { group, version: "v1alpha1", resource: "corspolicies" });
  assert.ok(policy);
  const refusal = refusalOf(policy, "old", { kind: "CORSPolicy" });
  assert.deepEqual([refusal.code, refusal.reason], [422, "Invalid"]);
  assert.match(refusal.message, /filter of type CORS in the HTTPRoute/);
  assert.equal(absenceOf(policy, "old").code, 404);
});

test("names of kinds that another group has stay with that group", () => {
  const names = new Set(gatewayKinds.map((kind) => kind.plural));
  const others = retiredResources(registry).filter((each) => each.group !== "gateway.networking.k8s.io");
  assert.deepEqual(
    others.filter(({ plural }) => names.has(plural)),
    [],
  );
});

test("a definition of the kind takes over", () => {
  const [first] = gatewayKinds;
  const own = new Registry([
    ...gatewayKinds,
    {
      ...first!,
      group,
      plural: "corspolicies",
      kind: "CORSPolicy",
      versions: [{ ...first!.versions[0]!, name: "v1alpha1" }],
    },
  ]);
  assert.equal(findRetired(own, { group, version: "v1alpha1", resource: "corspolicies" }), undefined);
});
