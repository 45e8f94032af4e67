// Others write too: over what is ours, which is put right, and under our names, which are then theirs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { metaOf, nameOf, services, slices, Stage, wanted } from "./stage.ts";

const web = nameOf("web");
const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: web },
  spec: { ports: [{ name: "http", port: 80, targetPort: 8080 }] },
};

test("a Service of somebody else with our name is left alone, until it goes", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  assert.equal((await stage.api.post(services, service)).code, 201);
  const { revision } = stage.api.server;
  await stage.want("web", wanted("web", uid));
  const fault = `Service/default/${web}: The Service default/${web} is not one of ours, and is left alone: delete it, or give the Gateway another name`;
  assert.deepEqual(stage.faults, [fault]);
  assert.equal(stage.api.server.revision, revision);
  await stage.want("web");
  stage.provisioner.begin();
  assert.equal(stage.api.server.revision, revision);
  await stage.want("web", wanted("web", uid));
  await stage.remove(`${services}/${web}`);
  await stage.settled();
  assert.equal(metaOf(await stage.service(web)).labels["app.kubernetes.io/managed-by"], "gatewright.dev");
  assert.ok(await stage.slice(web));
  assert.equal(stage.faults.at(-1), `Service/default/${web}: well`);
});

test("one that our watch does not show is left alone too", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  assert.equal((await stage.api.post(services, service)).code, 201);
  // In the same turn: no event can have come yet.
  stage.provisioner.want("Gateway/default/web", [wanted("web", uid)]);
  const other = nameOf("shop");
  const shop = await stage.gateway("shop");
  const posted = stage.api.post(services, { ...service, metadata: { name: other } });
  stage.provisioner.want("Gateway/default/shop", [wanted("shop", shop)]);
  const { code } = await posted;
  await stage.settled();
  assert.equal(metaOf(await stage.service(web))["ownerReferences"], undefined);
  assert.match(stage.faults.join(), new RegExp(`Service/default/${web}: The Service`));
  // Whoever was faster has it.
  const owners = metaOf(await stage.service(other))["ownerReferences"];
  assert.equal(owners === undefined, code === 201);
});

test("a slice of somebody else with our name is left alone", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  const slice = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: web, labels: { "app.kubernetes.io/managed-by": "gatewright.dev" } },
    addressType: "IPv4",
    endpoints: [],
    ports: [],
  };
  const { body, code } = await stage.api.post(slices, slice);
  assert.equal(code, 201);
  await stage.want("web", wanted("web", uid));
  assert.match(stage.faults.join(), /The EndpointSlice .* is not one of ours/);
  assert.equal(metaOf(await stage.slice(web)).resourceVersion, metaOf(body).resourceVersion);
});

test("no slice of ours leads a Service of somebody else here", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid));
  // Their Service takes the name of ours before anybody has seen that ours is gone.
  const gone = stage.api.delete(`${services}/${web}`);
  const posted = await stage.api.post(services, service);
  await gone;
  await stage.settled();
  const isTheirs = posted.code === 201;
  assert.equal((await stage.slice(web)) === undefined, isTheirs);
  assert.equal(stage.faults.length, isTheirs ? 1 : 0);
});

test("what has just been taken from us is left alone", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid));
  const labels = { "app.kubernetes.io/managed-by": "Helm" };
  const { code } = await stage.api.patch(`${services}/${web}`, "merge", { metadata: { labels } });
  assert.equal(code, 200);
  // Before its event has been told.
  await stage.want("web", wanted("web", uid, { labels: { a: "1" } }));
  assert.deepEqual(metaOf(await stage.service(web)).labels["a"], undefined);
  assert.match(stage.faults.join(), /is not one of ours/);
  await stage.want("web");
  assert.ok(await stage.service(web));
});

test("a Service of ours that belongs to another Gateway is left alone", async (context) => {
  const stage = await Stage.open(context);
  const owner = { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", controller: true };
  const ownerReferences = [{ ...owner, name: "shop", uid: await stage.gateway("shop") }];
  const labels = { "app.kubernetes.io/managed-by": "gatewright.dev" };
  const theirs = { ...service, metadata: { name: web, labels, ownerReferences } };
  const { code, body } = await stage.api.post(services, theirs);
  assert.equal(code, 201);
  await stage.want("web", wanted("web", await stage.gateway("web")));
  assert.match(stage.faults.join(), /belongs to Gateway default\/shop, and is left alone/);
  assert.equal(metaOf(await stage.service(web)).resourceVersion, metaOf(body).resourceVersion);
});

test("what is changed while we look at something else is put right", async (context) => {
  const stage = await Stage.open(context, { hidden: ["EndpointSlice"], retryFirst: 1, retryMost: 1 });
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid, { labels: { a: "1" } }));
  const overwrite = (a: string) => stage.change(`${services}/${web}`, { metadata: { labels: { a } } });
  // After the Service was put right, and the last event of it has come.
  stage.client.meanwhile = async (asked) => {
    if (!asked.startsWith("get endpointslices") || stage.client.asked.at(-2) !== `patch services/${web}`)
      return;
    stage.client.meanwhile = undefined;
    await overwrite("3");
  };
  await overwrite("2");
  await stage.until("it is put right twice", async () => {
    const isRight = metaOf(await stage.service(web)).labels["a"] === "1";
    return isRight && stage.client.meanwhile === undefined;
  });
});

test("what somebody deleted is made again", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid));
  const before = metaOf(await stage.service(web)).uid;
  await stage.remove(`${services}/${web}`);
  await stage.settled();
  assert.notEqual(metaOf(await stage.service(web)).uid, before);
  const shop = nameOf("shop");
  await stage.want("shop", wanted("shop", await stage.gateway("shop")));
  await stage.remove(`${slices}/${shop}`);
  await stage.settled();
  assert.ok(await stage.slice(shop));
});

const ports = [{ name: "http", protocol: "TCP", port: 9 }];
const endpoints = [{ addresses: ["192.0.2.7"] }, { addresses: ["198.51.100.1"] }];
const changes: readonly (readonly [what: string, path: string, patch: Record<string, unknown>])[] = [
  ["its type", services, { spec: { type: "NodePort" } }],
  ["a selector", services, { spec: { selector: { app: "theirs" } } }],
  ["its ports", services, { spec: { ports: [{ name: "http", port: 81 }] } }],
  ["a label", services, { metadata: { labels: { "gateway.networking.k8s.io/gateway-name": null } } }],
  ["an annotation of the Gateway's", services, { metadata: { annotations: { note: "2" } } }],
  ["a further endpoint", slices, { endpoints }],
  ["the ports of the slice", slices, { ports }],
  ["the Service of the slice", slices, { metadata: { labels: { "kubernetes.io/service-name": "theirs" } } }],
];
for (const [what, path, patch] of changes) {
  test(`what somebody changed is put right: ${what}`, async (context) => {
    const stage = await Stage.open(context);
    const uid = await stage.gateway("web");
    await stage.want("web", wanted("web", uid, { annotations: { note: "1" } }));
    const right = [await stage.service(web), await stage.slice(web)];
    await stage.change(`${path}/${web}`, patch);
    await stage.settled();
    const after = [await stage.service(web), await stage.slice(web)];
    for (const [index, object] of after.entries()) {
      const { resourceVersion: _, managedFields: __, ...metadata } = metaOf(object);
      const { resourceVersion: ___, managedFields: ____, ...before } = metaOf(right[index]);
      const { generation, ...rest } = metadata;
      assert.equal(typeof generation === "number" || generation === undefined, true);
      const { generation: _____, ...wantedRest } = before;
      assert.deepEqual(rest, wantedRest);
      assert.deepEqual({ ...object, metadata: 0 }, { ...right[index], metadata: 0 });
    }
  });
}

test("two that do not agree do not fight at full speed", async (context) => {
  const stage = await Stage.open(context, { retryFirst: 3_600_000, retryMost: 3_600_000 });
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid, { labels: { a: "1" } }));
  stage.client.asked.length = 0;
  for (let n = 2; n < 12; n++) {
    await stage.change(`${services}/${web}`, { metadata: { labels: { a: String(n) } } });
    await stage.settled();
  }
  const written = stage.client.asked.filter((each) => each.startsWith("patch"));
  assert.deepEqual(written, [`patch services/${web}`]);
  // A new wish is not part of the fight.
  await stage.want("web", wanted("web", uid, { labels: { a: "ours" } }));
  assert.equal(metaOf(await stage.service(web)).labels["a"], "ours");
});

test("in the end ours stands, when the other one gives up", async (context) => {
  const stage = await Stage.open(context, { retryFirst: 1, retryMost: 2 });
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid, { labels: { a: "1" } }));
  for (let n = 2; n < 12; n++) {
    await stage.change(`${services}/${web}`, { metadata: { labels: { a: String(n) } } });
  }
  await stage.until("it is put right", async () => metaOf(await stage.service(web)).labels["a"] === "1");
});
