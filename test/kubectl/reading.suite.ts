import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Kubectl, rows } from "./kit/kubectl.ts";
import { configMap, shop } from "./kit/manifests.ts";

test("get in every output, with selectors and in chunks", async (context) => {
  const kubectl = await Kubectl.open(context);
  const maps = ["a", "b", "c"].map((name) => configMap(name, name, `{ name: ${name}, set: x }`));
  await kubectl.apply(`${maps.join("---")}---${shop.httpRoute}`);
  assert.match(await kubectl.ok("get httproute shop -o yaml"), /^kind: HTTPRoute$/m);
  const json = JSON.parse(await kubectl.ok("get httproute shop -o json")) as {
    spec: { hostnames: string[] };
  };
  assert.deepEqual(json.spec.hostnames, ["shop.example"]);
  assert.match(await kubectl.ok("get httproute -o wide"), /shop/);
  assert.equal(await kubectl.ok("get httproute -o name"), "httproute.gateway.networking.k8s.io/shop\n");
  const columns = await kubectl.ok(
    "get httproute -o custom-columns=N:.metadata.name,HOST:.spec.hostnames[0]",
  );
  assert.deepEqual(
    rows(columns),
    [
      ["N", "HOST"],
      ["shop", "shop.example"],
    ].map((row) => [...row]),
  );
  for (const [selector, names] of [
    ["set=x", "a b c"],
    ["name in (a,b),set", "a b"],
    ["set,name!=a", "b c"],
  ] as const) {
    assert.equal(
      await kubectl.ok(["get", "cm", "-l", selector, "-o", "jsonpath={.items[*].metadata.name}"]),
      names,
    );
  }
  assert.equal(await kubectl.ok("get cm --field-selector metadata.name=b -o name"), "configmap/b\n");
  assert.match(await kubectl.refused("get cm --field-selector data.color=b"), /BadRequest/);
  assert.equal(rows(await kubectl.ok("get cm -l set=x --chunk-size=1 --no-headers")).length, 3);
  assert.equal(
    await kubectl.ok("get httproutes.v1beta1.gateway.networking.k8s.io shop -o jsonpath={.apiVersion}"),
    "gateway.networking.k8s.io/v1beta1",
  );
});

test("describe shows fields, conditions and Events", async (context) => {
  const kubectl = await Kubectl.open(context);
  await kubectl.apply(shop.gateway);
  const uid = await kubectl.value("gateway front", ".metadata.uid");
  await kubectl.apply(`
apiVersion: v1
kind: Event
metadata: { name: front.1 }
type: Warning
reason: Tried
message: nothing to see
involvedObject: { apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, name: front, namespace: default, uid: ${uid} }
firstTimestamp: "2026-01-01T00:00:00Z"
lastTimestamp: "2026-01-01T00:00:00Z"
count: 1
`);
  const described = await kubectl.ok("describe gateway front");
  for (const part of [
    /^Name: +front$/m,
    /Gateway Class Name: +shop/,
    /Waiting for controller/,
    /Warning +Tried .* nothing to see/,
  ]) {
    assert.match(described, part);
  }
  assert.match(await kubectl.ok("get events"), /Warning +Tried +gateway\/front +nothing to see/);
  assert.match(await kubectl.ok("events --for gateway/front"), /Tried/);
});

test("get -w shows what comes after", async (context) => {
  const kubectl = await Kubectl.open(context);
  await kubectl.apply(configMap("paint", "red"));
  const watching = kubectl.start("get cm paint -w");
  context.after(() => watching.child.kill());
  while (!watching.output().includes("paint")) await pause(50);
  await kubectl.ok(["patch", "cm", "paint", "--type=merge", "-p", '{"data":{"more":"x"}}']);
  while (rows(watching.output()).length < 3) await pause(50);
  watching.child.kill();
  const [header, first, second] = rows((await watching.said).out);
  assert.deepEqual(header, ["NAME", "DATA", "AGE"]);
  assert.deepEqual(
    [first?.slice(0, 2), second?.slice(0, 2)],
    [
      ["paint", "1"],
      ["paint", "2"],
    ],
  );
});

test("explain, in both outputs", async (context) => {
  const kubectl = await Kubectl.open(context);
  const matches = await kubectl.ok("explain httproute.spec.rules.matches");
  for (const part of [/KIND: +HTTPRoute/, /FIELD: matches <\[\]Object>/, /path\t<Object>/])
    assert.match(matches, part);
  assert.match(
    await kubectl.ok("explain httproute --recursive"),
    /enum: Exact, PathPrefix, RegularExpression/,
  );
  const old = await kubectl.ok("explain service.spec.ports --output=plaintext-openapiv2");
  assert.match(old, /RESOURCE: ports <\[\]Object>/);
  assert.match(await kubectl.refused("explain httproute.spec.nosuch"), /field "nosuch" does not exist/);
});

test("what is served: resources, versions, raw paths, the version", async (context) => {
  const kubectl = await Kubectl.open(context);
  const resources = await kubectl.ok("api-resources --api-group=gateway.networking.k8s.io --verbs=list");
  assert.match(resources, /^gateways +gtw +gateway\.networking\.k8s\.io\/v1 +true +Gateway$/m);
  const versions = (await kubectl.ok("api-versions")).split("\n");
  for (const version of [
    "v1",
    "apps/v1",
    "gateway.networking.k8s.io/v1",
    "gateway.networking.k8s.io/v1beta1",
  ]) {
    assert.ok(versions.includes(version), version);
  }
  assert.equal(await kubectl.ok("get --raw /readyz"), "ok");
  assert.match(await kubectl.ok("get --raw /api/v1/namespaces/default"), /"kind":"Namespace"/);
  assert.match(await kubectl.refused("get --raw /nope"), /NotFound/);
  assert.match(await kubectl.ok("version"), /Server Version: v1\.\d+/);
  assert.match(await kubectl.refused("get nosuchthing"), /doesn't have a resource type/);
});
