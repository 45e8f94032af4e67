// A demanded address is had, or refused with the server's reason; addresses cannot be changed, only Services made anew.
import assert from "node:assert/strict";
import { test } from "node:test";
import { metaOf, nameOf, services, Stage, wanted } from "./stage.ts";

const web = nameOf("web");
const shop = nameOf("shop");
/** Of the server's range. */
const [first, second] = ["127.96.7.1", "127.96.7.2"];

test("a demanded address is had, and kept when the demand is dropped", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid, { clusterIP: first }));
  assert.equal(await stage.addressOf(web), first);
  const before = metaOf(await stage.service(web)).uid;
  await stage.want("web", wanted("web", uid));
  assert.equal(await stage.addressOf(web), first);
  assert.equal(metaOf(await stage.service(web)).uid, before);
  assert.deepEqual(stage.faults, []);
});

test("another demand makes the Service anew, the same one does not", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid, { clusterIP: first }));
  const before = metaOf(await stage.service(web)).uid;
  await stage.want("web", wanted("web", uid, { clusterIP: first, labels: { a: "1" } }));
  assert.equal(metaOf(await stage.service(web)).uid, before);
  await stage.want("web", wanted("web", uid, { clusterIP: second }));
  assert.equal(await stage.addressOf(web), second);
  assert.notEqual(metaOf(await stage.service(web)).uid, before);
  assert.ok(await stage.slice(web));
});

const refused: readonly (readonly [what: string, clusterIP: string, message: RegExp])[] = [
  ["outside of the range", "203.0.113.9", /203\.0\.113\.9.*not in the valid range/],
  ["of the other family", "fd00::1", /spec\.clusterIP/],
  ["that is none", "first", /first/],
];
for (const [what, clusterIP, message] of refused) {
  test(`an address ${what} is a fault, and the next wish is well`, async (context) => {
    const stage = await Stage.open(context);
    const uid = await stage.gateway("web");
    await stage.want("web", wanted("web", uid));
    await stage.want("web", wanted("web", uid, { clusterIP }));
    assert.deepEqual([await stage.service(web), await stage.slice(web)], [undefined, undefined]);
    assert.equal(stage.faults.length, 1);
    assert.match(stage.faults[0]!, message);
    await stage.want("web", wanted("web", uid));
    assert.ok(await stage.slice(web));
    assert.deepEqual(stage.faults.slice(1), [`Service/default/${web}: well`]);
  });
}

test("a taken address is a fault until it is free", async (context) => {
  const stage = await Stage.open(context, { retryFirst: 1, retryMost: 4 });
  const [webUid, shopUid] = [await stage.gateway("web"), await stage.gateway("shop")];
  await stage.want("web", wanted("web", webUid, { clusterIP: first }));
  await stage.want("shop", wanted("shop", shopUid, { clusterIP: first }));
  assert.match(stage.faults.join(), /already allocated/);
  assert.equal(stage.faults.length, 1);
  assert.equal(await stage.addressOf(web), first);
  await stage.want("web", wanted("web", webUid, { clusterIP: second }));
  await stage.until("the other one has it", async () => (await stage.addressOf(shop)) === first);
  await stage.settled();
  assert.deepEqual(stage.faults.slice(1), [`Service/default/${shop}: well`]);
  assert.ok(await stage.slice(shop));
});

test("a refusal holds up no other Service", async (context) => {
  const stage = await Stage.open(context);
  const uids = await Promise.all(["a", "b", "c"].map((name) => stage.gateway(name)));
  const bad = Array.from({ length: 12 }, (_, ordinal) =>
    wanted("a", uids[0]!, { ordinal, clusterIP: "203.0.113.9" }),
  );
  stage.provisioner.want("Gateway/default/a", bad);
  stage.provisioner.want("Gateway/default/b", [wanted("b", uids[1]!)]);
  await stage.want("c", wanted("c", uids[2]!));
  assert.ok(await stage.slice(nameOf("b")));
  assert.ok(await stage.slice(nameOf("c")));
  assert.equal(stage.faults.length, bad.length);
});

test("a refused change leaves what is there, until the wish is another", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid));
  const before = metaOf(await stage.service(web)).resourceVersion;
  await stage.want("web", wanted("web", uid, { labels: { a: "no value of a label" } }));
  assert.equal(stage.faults.length, 1);
  assert.equal(metaOf(await stage.service(web)).resourceVersion, before);
  assert.ok(await stage.slice(web));
  await stage.want("web", wanted("web", uid, { labels: { a: "1" } }));
  assert.equal(metaOf(await stage.service(web)).labels["a"], "1");
  assert.equal(stage.faults.at(-1), `Service/default/${web}: well`);
});

test("a fault of a Service that nobody wants any more is over", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid, { clusterIP: "203.0.113.9" }));
  await stage.want("web");
  assert.equal(stage.faults.at(-1), `Service/default/${web}: well`);
  assert.equal((await stage.api.get(`${services}/${web}`)).code, 404);
});

test("an address of ours that is of another family than the cluster's is a fault", async (context) => {
  const stage = await Stage.open(context);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid, { address: "2001:db8::7" }));
  assert.match(stage.faults.join(), /ipFamilies says IPv6/);
  assert.deepEqual([await stage.service(web), await stage.slice(web)], [undefined, undefined]);
  await stage.want("web", wanted("web", uid));
  assert.ok(await stage.slice(web));
});
