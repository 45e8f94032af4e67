import assert from "node:assert/strict";
import { test } from "node:test";
import { Kubectl } from "./kit/kubectl.ts";
import { configMap, deployment, shop } from "./kit/manifests.ts";

test("label, annotate and edit", async (context) => {
  const kubectl = await Kubectl.open(context);
  await kubectl.apply(shop.httpRoute);
  assert.match(await kubectl.ok("label httproute shop tier=web"), /labeled/);
  assert.match(await kubectl.refused("label httproute shop tier=other"), /already has a value/);
  assert.match(await kubectl.ok("label httproute shop tier=other --overwrite"), /labeled/);
  assert.equal(await kubectl.value("httproute -l tier=other", ".items[*].metadata.name"), "shop");
  assert.match(await kubectl.ok("label httproute shop tier-"), /unlabeled/);
  await kubectl.ok("annotate httproute shop note=hello");
  assert.equal(await kubectl.value("httproute shop", ".metadata.annotations.note"), "hello");
  assert.equal(await kubectl.value("httproute shop", ".metadata.generation"), "1");

  const editor = kubectl.file("editor", '#!/bin/sh\nsed -i s/shop.example/edited.example/ "$1"\n', 0o700);
  const said = await kubectl.run("edit httproute shop", "", { EDITOR: editor });
  assert.match(said.out, /edited/, said.err);
  assert.equal(await kubectl.value("httproute shop", ".spec.hostnames"), '["edited.example"]');
  assert.equal(await kubectl.value("httproute shop", ".metadata.generation"), "2");
});

test("patches of three types; custom resources take no strategic merge", async (context) => {
  const kubectl = await Kubectl.open(context);
  await kubectl.apply(`${shop.httpRoute}---${deployment("cart")}`);
  const patch = (object: string, type: string, body: unknown, ...flags: string[]) =>
    kubectl.run(["patch", ...object.split(" "), `--type=${type}`, "-p", JSON.stringify(body), ...flags]);

  assert.equal((await patch("httproute shop", "merge", { spec: { hostnames: ["a.example"] } })).code, 0);
  assert.equal(await kubectl.value("httproute shop", ".spec.hostnames"), '["a.example"]');
  const replace = [{ op: "replace", path: "/spec/hostnames/0", value: "b.example" }];
  assert.equal((await patch("httproute shop", "json", replace)).code, 0);
  assert.equal(await kubectl.value("httproute shop", ".spec.hostnames"), '["b.example"]');
  const failing = await patch("httproute shop", "json", [
    { op: "test", path: "/spec/hostnames/0", value: "x" },
  ]);
  assert.equal(failing.code, 1);
  assert.match(failing.err, /test failed/);
  const strategic = await patch("httproute shop", "strategic", { spec: { hostnames: [] } });
  assert.match(strategic.err, /application\/strategic-merge-patch\+json is not supported/);
  const invalid = await patch("httproute shop", "merge", { spec: { hostnames: ["Not A Host"] } });
  assert.match(invalid.err, /spec\.hostnames\[0\]/);

  const second = {
    spec: { template: { spec: { containers: [{ name: "side", image: "example/side:1" }] } } },
  };
  assert.equal((await patch("deploy cart", "strategic", second)).code, 0);
  const names = await kubectl.value("deploy cart", ".spec.template.spec.containers[*].name");
  assert.deepEqual(names.split(" ").toSorted(), ["main", "side"]);
  const remove = { spec: { template: { spec: { containers: [{ name: "side", $patch: "delete" }] } } } };
  assert.equal((await patch("deploy cart", "strategic", remove)).code, 0);
  assert.equal(await kubectl.value("deploy cart", ".spec.template.spec.containers[*].name"), "main");

  const condition = {
    type: "Accepted",
    status: "True",
    reason: "Fine",
    message: "",
    lastTransitionTime: "2026-01-01T00:00:00Z",
  };
  const parent = { parentRef: { name: "front" }, controllerName: "shop.example/c", conditions: [condition] };
  assert.equal(
    (await patch("httproute shop", "merge", { status: { parents: [parent] } }, "--subresource=status")).code,
    0,
  );
  assert.equal(await kubectl.value("httproute shop", ".status.parents[0].conditions[0].type"), "Accepted");
  assert.equal((await patch("httproute shop", "merge", { status: null })).code, 0);
  assert.equal(await kubectl.value("httproute shop", ".status.parents[0].conditions[0].type"), "Accepted");
});

test("replace needs an object that is there, and one that nobody changed since", async (context) => {
  const kubectl = await Kubectl.open(context);
  const file = kubectl.file("map.yaml", configMap("paint", "red"));
  assert.match(await kubectl.refused(`replace -f ${file}`), /NotFound/);
  await kubectl.ok(`create -f ${file}`);
  assert.match(await kubectl.refused(`create -f ${file}`), /AlreadyExists/);
  const stale = await kubectl.ok("get cm paint -o json");
  await kubectl.ok(["patch", "cm", "paint", "--type=merge", "-p", '{"data":{"color":"blue"}}']);
  assert.match(await kubectl.refused("replace -f -", stale), /Conflict.*modified/s);
  assert.match(await kubectl.ok(`replace --force -f ${file}`), /replaced/);
  assert.equal(await kubectl.value("cm paint", ".data.color"), "red");
});

test("scale, set image and rollout of a Deployment whose pods nobody runs", async (context) => {
  const kubectl = await Kubectl.open(context);
  await kubectl.apply(deployment("cart"));
  assert.match(await kubectl.ok("scale deploy cart --replicas=3"), /scaled/);
  assert.equal(await kubectl.value("deploy cart", ".spec.replicas"), "3");
  assert.match(
    await kubectl.refused("scale deploy cart --replicas=4 --current-replicas=9"),
    /Expected replicas to be 9, was 3/,
  );
  await kubectl.ok("set image deploy cart main=example/cart:2");
  assert.equal(
    await kubectl.value("deploy cart", ".spec.template.spec.containers[0].image"),
    "example/cart:2",
  );
  assert.match(await kubectl.ok("rollout history deploy cart"), /No rollout history found/);
  assert.match(await kubectl.ok("rollout restart deploy cart"), /restarted/);
  assert.match(await kubectl.ok("rollout pause deploy cart"), /paused/);
  assert.match(await kubectl.ok("rollout resume deploy cart"), /resumed/);
  assert.match(await kubectl.refused("rollout status deploy cart --timeout=1s"), /timed out/);
  const status = {
    status: {
      observedGeneration: 99,
      replicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
      readyReplicas: 3,
    },
  };
  await kubectl.ok(["patch", "deploy", "cart", "--subresource=status", "-p", JSON.stringify(status)]);
  assert.match(await kubectl.ok("rollout status deploy cart --timeout=10s"), /successfully rolled out/);
});
