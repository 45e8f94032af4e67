// Services of ours that were there before: of Gateways that nobody serves now, and of Gateways that were made again.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Api } from "../../src/apiserver/testing.ts";
import { metaOf, nameOf, services, Stage, wanted } from "./stage.ts";

const [web, shop] = [nameOf("web"), nameOf("shop")];

/** What an earlier process left: Services of the Gateways `web` and `shop`. */
async function open(context: TestContext) {
  const before = await Stage.open(context);
  const [webUid, shopUid] = [await before.gateway("web"), await before.gateway("shop")];
  await before.want("web", wanted("web", webUid));
  await before.want("shop", wanted("shop", shopUid));
  await before.close();
  return { stage: await Stage.open(context, { api: before.api }), webUid };
}

test("ours that nobody wants are deleted once everything wanted is known, not before", async (context) => {
  const { stage, webUid } = await open(context);
  const other = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "other" },
    spec: { ports: [{ port: 1 }] },
  };
  assert.equal((await stage.api.post(services, other)).code, 201);
  const { revision } = stage.api.server;
  await stage.settled();
  assert.equal(stage.api.server.revision, revision);
  await stage.want("web", wanted("web", webUid));
  assert.ok(await stage.service(shop));
  stage.provisioner.begin();
  await stage.settled();
  assert.deepEqual([await stage.service(shop), await stage.slice(shop)], [undefined, undefined]);
  assert.ok(await stage.service(web));
  assert.ok(await stage.slice(web));
  assert.ok(await stage.service("other"));
  assert.deepEqual(stage.faults, []);
});

test("what turns up later and nobody wants is deleted too", async (context) => {
  const { stage, webUid } = await open(context);
  stage.provisioner.begin();
  await stage.settled();
  assert.equal(await stage.service(web), undefined);
  const second = await Stage.open(context, { api: stage.api });
  second.provisioner.want("Gateway/default/web", [wanted("web", webUid)]);
  await second.provisioner.idle();
  await second.close();
  await stage.settled();
  assert.equal(await stage.service(web), undefined);
  assert.equal(await stage.slice(web), undefined);
});

test("what nobody has seen is found: it changes and goes as wanted", async (context) => {
  const stage = await Stage.open(context, { hidden: ["Service", "EndpointSlice"] });
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid));
  await stage.want("web", wanted("web", uid, { labels: { a: "1" } }));
  assert.equal(metaOf(await stage.service(web)).labels["a"], "1");
  assert.equal(metaOf(await stage.slice(web)).labels["a"], "1");
  await stage.want("web");
  assert.deepEqual([await stage.service(web), await stage.slice(web)], [undefined, undefined]);
  assert.deepEqual(stage.faults, []);
});

test("a Gateway that was made again has a Service of its own", async (context) => {
  // Nobody collects the garbage before us.
  const api = await Api.open(context, { controllers: false });
  const stage = await Stage.open(context, { api });
  await stage.want("web", wanted("web", await stage.gateway("web")));
  const before = metaOf(await stage.service(web)).uid;
  // Nobody says that the old one is not wanted any more: the new wish comes before.
  await stage.deleteGateway("web");
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid));
  for (const object of [await stage.service(web), await stage.slice(web)]) {
    const owners = metaOf(object)["ownerReferences"] as readonly { readonly uid: string }[];
    assert.deepEqual(
      owners.map((owner) => owner.uid),
      [uid],
    );
  }
  assert.notEqual(metaOf(await stage.service(web)).uid, before);
  assert.deepEqual(stage.faults, []);
});

test("a Service that something holds is made again when it has gone", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid));
  const before = metaOf(await stage.service(web)).uid;
  await stage.change(`${services}/${web}`, { metadata: { finalizers: ["example.com/hold"] } });
  await stage.want("web", wanted("web", uid, { clusterIP: "127.96.7.1" }));
  assert.equal(metaOf(await stage.service(web)).uid, before);
  await stage.change(`${services}/${web}`, { metadata: { finalizers: null } });
  await stage.settled();
  assert.equal(await stage.addressOf(web), "127.96.7.1");
  assert.ok(await stage.slice(web));
});
