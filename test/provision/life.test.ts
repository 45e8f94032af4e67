// What is wanted of a Gateway's Services comes to be, changes and goes, in as few writes as it takes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readService } from "../../src/provision/provision.ts";
import { dns, http, metaOf, nameOf, services, slices, Stage, wanted } from "./stage.ts";

const web = nameOf("web");

test("a Service and an EndpointSlice that leads to the address", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid, { ports: [http, dns] }));
  const service = await stage.service(web);
  const { labels, annotations, ownerReferences } = metaOf(service);
  const gatewayLabels = {
    "gateway.networking.k8s.io/gateway-name": "web",
    "gateway.networking.k8s.io/gateway-class-name": "gatewright",
    "app.kubernetes.io/managed-by": "gatewright.dev",
  };
  assert.deepEqual(labels, gatewayLabels);
  assert.deepEqual(annotations, { "gatewright.dev/ordinal": "0" });
  const owner = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    name: "web",
    uid,
    controller: true,
  };
  assert.deepEqual(ownerReferences, [owner]);
  const spec = service!["spec"] as Record<string, unknown>;
  assert.equal(spec["type"], "ClusterIP");
  assert.equal(spec["selector"], undefined);
  assert.deepEqual(spec["ports"], [
    { name: "http", protocol: "TCP", port: 80, targetPort: 8080 },
    { name: "dns", protocol: "UDP", port: 53, targetPort: 5353 },
  ]);
  const gateway = { namespace: "default", name: "web", uid };
  assert.deepEqual(readService(service!), { gateway, ordinal: 0, clusterIP: spec["clusterIP"] });

  const slice = await stage.slice(web);
  assert.deepEqual(metaOf(slice).labels, {
    ...gatewayLabels,
    "kubernetes.io/service-name": web,
    "endpointslice.kubernetes.io/managed-by": "gatewright.dev",
  });
  assert.deepEqual(metaOf(slice)["ownerReferences"], [owner]);
  assert.equal(slice!["addressType"], "IPv4");
  const conditions = { ready: true, serving: true, terminating: false };
  assert.deepEqual(slice!["endpoints"], [{ addresses: ["192.0.2.7"], conditions }]);
  assert.deepEqual(slice!["ports"], [
    { name: "http", protocol: "TCP", port: 8080 },
    { name: "dns", protocol: "UDP", port: 5353 },
  ]);
  assert.deepEqual(stage.faults, []);
});

test("the Services of one Gateway have names and addresses of their own", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid), wanted("web", uid, { ordinal: 1 }));
  const [first, second] = [await stage.service(web), await stage.service(nameOf("web", 1))];
  assert.equal(readService(second!)?.ordinal, 1);
  assert.notEqual(readService(first!)?.clusterIP, readService(second!)?.clusterIP);
  await stage.want("web", wanted("web", uid));
  assert.equal(await stage.service(nameOf("web", 1)), undefined);
  assert.equal(metaOf(await stage.service(web)).uid, metaOf(first).uid);
});

test("ports change in place: what is not wanted any more goes, the address stays", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid, { ports: [http, dns] }));
  const before = await stage.service(web);
  await stage.want("web", wanted("web", uid, { ports: [{ ...dns, targetPort: 5300 }] }));
  const after = await stage.service(web);
  assert.equal(metaOf(after).uid, metaOf(before).uid);
  const port = { name: "dns", protocol: "UDP", port: 53, targetPort: 5300 };
  assert.deepEqual((after!["spec"] as { ports: unknown }).ports, [port]);
  const { ports } = (await stage.slice(web))!;
  assert.deepEqual(ports, [{ name: "dns", protocol: "UDP", port: 5300 }]);
});

test("infrastructure labels and annotations come, change and go on both, and never take the place of ours", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  const taken = {
    "gateway.networking.k8s.io/gateway-name": "other",
    "app.kubernetes.io/managed-by": "other",
    "kubernetes.io/service-name": "other",
    "endpointslice.kubernetes.io/managed-by": "other",
  };
  const annotations = { note: "1", "gatewright.dev/ordinal": "7" };
  await stage.want("web", wanted("web", uid, { labels: { a: "1", b: "1", ...taken }, annotations }));
  for (const object of [await stage.service(web), await stage.slice(web)]) {
    const { labels } = metaOf(object);
    assert.deepEqual([labels["a"], labels["b"]], ["1", "1"]);
    assert.equal(labels["gateway.networking.k8s.io/gateway-name"], "web");
    assert.equal(labels["app.kubernetes.io/managed-by"], "gatewright.dev");
    const { note, "gatewright.dev/ordinal": ordinal } = metaOf(object).annotations;
    assert.deepEqual([note, ordinal], ["1", "0"]);
  }
  const { labels: ofSlice } = metaOf(await stage.slice(web));
  assert.equal(ofSlice["kubernetes.io/service-name"], web);
  assert.equal(ofSlice["endpointslice.kubernetes.io/managed-by"], "gatewright.dev");

  await stage.want("web", wanted("web", uid, { labels: { b: "2" } }));
  for (const object of [await stage.service(web), await stage.slice(web)]) {
    assert.deepEqual([metaOf(object).labels["a"], metaOf(object).labels["b"]], [undefined, "2"]);
    assert.deepEqual(metaOf(object).annotations["note"], undefined);
  }
  await stage.want("web", wanted("web", uid));
  for (const object of [await stage.service(web), await stage.slice(web)]) {
    assert.equal(metaOf(object).labels["b"], undefined);
    assert.deepEqual(metaOf(object).annotations, { "gatewright.dev/ordinal": "0" });
  }
});

test("without ports there is no Service; nothing wanted: ours go", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid));
  assert.ok(await stage.service(web));
  await stage.want("web", wanted("web", uid, { ports: [] }));
  assert.deepEqual([await stage.service(web), await stage.slice(web)], [undefined, undefined]);
  await stage.want("web", wanted("web", uid));
  assert.ok(await stage.slice(web));
  await stage.want("web");
  assert.deepEqual([await stage.service(web), await stage.slice(web)], [undefined, undefined]);
  assert.deepEqual(stage.faults, []);
});

test("nothing is written, nor asked for, when nothing would change", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid, { labels: { a: "1" } }));
  assert.equal(stage.client.asked.filter((each) => !each.startsWith("get ")).length, 2);
  const { revision } = stage.api.server;
  stage.client.asked.length = 0;
  await stage.want("web", wanted("web", uid, { labels: { a: "1" } }));
  // Others may add what is theirs.
  await stage.change(`${services}/${web}`, { metadata: { annotations: { theirs: "1" } } });
  await stage.change(`${slices}/${web}`, { metadata: { labels: { theirs: "1" } } });
  await stage.settled();
  assert.deepEqual(stage.client.asked, []);
  assert.equal(stage.api.server.revision, revision + 2);
  assert.equal(metaOf(await stage.service(web)).annotations["theirs"], "1");
});

test("another process that wants the same changes nothing, and knows what the one before said", async (context) => {
  const before = await Stage.open(context);
  const uid = await before.gateway("web");
  await before.want("web", wanted("web", uid, { labels: { a: "1" } }));
  await before.close();
  const { revision } = before.api.server;
  const stage = await Stage.open(context, { api: before.api });
  await stage.want("web", wanted("web", uid, { labels: { a: "1" } }));
  stage.provisioner.begin();
  await stage.settled();
  assert.equal(stage.api.server.revision, revision);
  assert.deepEqual(stage.client.asked, []);
  await stage.want("web", wanted("web", uid));
  assert.equal(metaOf(await stage.service(web)).labels["a"], undefined);
});

test("the latest wish stands in the end, and those between are not written", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  for (let n = 1; n <= 20; n++) {
    stage.provisioner.want("Gateway/default/web", [wanted("web", uid, { labels: { n: String(n) } })]);
  }
  await stage.settled();
  assert.equal(metaOf(await stage.service(web)).labels["n"], "20");
  const written = stage.client.asked.filter((each) => !each.startsWith("get "));
  assert.ok(written.length <= 6, written.join());
});
