import assert from "node:assert/strict";
import { test } from "node:test";
import { Kubectl, rows } from "./kit/kubectl.ts";
import { shop } from "./kit/manifests.ts";

const steps = [
  [shop.gatewayClass, ["gatewayclass.gateway.networking.k8s.io/shop"]],
  [shop.backends, ["service/cart", "deployment.apps/cart", "service/stock", "deployment.apps/stock"]],
  [shop.gateway, ["gateway.gateway.networking.k8s.io/front"]],
  [shop.httpRoute, ["httproute.gateway.networking.k8s.io/shop"]],
] as const;

test("a first walk: everything is created, then nothing changes, and tables have the columns of the kind", async (context) => {
  const kubectl = await Kubectl.open(context);
  for (const [yaml, names] of steps) {
    assert.equal(await kubectl.apply(yaml), names.map((name) => `${name} created\n`).join(""));
  }
  const before = await kubectl.ok("get gatewayclass,svc,deploy,gateway,httproute -o name");
  for (const [yaml, names] of steps) {
    const said = await kubectl.apply(yaml);
    // kubectl itself cannot tell defaults within lists of custom resources from changes, whatever the server is.
    for (const name of names) assert.match(said, new RegExp(`^${name} (unchanged|configured)$`, "m"));
  }
  assert.equal(await kubectl.ok("get gatewayclass,svc,deploy,gateway,httproute -o name"), before);
  assert.equal(await kubectl.value("gateway front", ".metadata.generation"), "1");
  assert.equal(await kubectl.value("httproute shop", ".metadata.generation"), "1");

  const [classes, shown] = rows(await kubectl.ok("get gatewayclass"));
  assert.deepEqual(classes, ["NAME", "CONTROLLER", "ACCEPTED", "AGE"]);
  assert.deepEqual(shown?.slice(0, 3), ["shop", "shop.example/controller", "Unknown"]);
  assert.deepEqual(rows(await kubectl.ok("get gateway"))[0], [
    "NAME",
    "CLASS",
    "ADDRESS",
    "PROGRAMMED",
    "AGE",
  ]);
  const [routes, route] = rows(await kubectl.ok("get httproute"));
  assert.deepEqual(routes, ["NAME", "HOSTNAMES", "AGE"]);
  assert.deepEqual(route?.slice(0, 2), ["shop", '["shop.example"]']);
  assert.match(await kubectl.ok("get svc cart"), /cart +ClusterIP +127\.\d+\.\d+\.\d+ +<none> +3000\/TCP/);
  assert.match(await kubectl.ok("get deploy"), /cart +0\/1 +0 +0/);

  assert.match(await kubectl.ok("delete httproute shop"), /deleted/);
  assert.match(await kubectl.refused("get httproute shop"), /NotFound.*"shop" not found/);
});

test("server-side apply twice writes nothing the second time", async (context) => {
  const kubectl = await Kubectl.open(context);
  const all = steps.map(([yaml]) => yaml).join("---");
  await kubectl.apply(all, "--server-side");
  const versions = () =>
    kubectl.value("gatewayclass,svc,deploy,gateway,httproute", ".items[*].metadata.resourceVersion");
  const before = await versions();
  await kubectl.apply(all, "--server-side");
  assert.equal(await versions(), before);
});
