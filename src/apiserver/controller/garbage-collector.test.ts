import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { Api, configMap, configMaps } from "../testing.ts";
import { until } from "../testing-until.ts";

/** A ConfigMap that is there; `owner` by name, with the uid that the owner has now. */
async function put(api: Api, name: string, owners: readonly JsonObject[] = [], more: JsonObject = {}) {
  const metadata = { ...(owners.length > 0 && { ownerReferences: owners }), ...more };
  const { code, body } = await api.post(configMaps, configMap(name, {}, metadata));
  assert.equal(code, 201);
  return reference(body);
}

function reference({ apiVersion, kind, metadata }: JsonObject, more: JsonObject = {}): JsonObject {
  const { name, uid } = metadata as JsonObject;
  return { apiVersion, kind, name, uid, ...more };
}

async function metaOf(api: Api, name: string): Promise<JsonObject | undefined> {
  const { code, body } = await api.get(`${configMaps}/${name}`);
  return code === 404 ? undefined : (body["metadata"] as JsonObject);
}

function gone(api: Api, name: string): Promise<void> {
  return until(`${name} is gone`, async () => (await metaOf(api, name)) === undefined);
}

const foreground = { propagationPolicy: "Foreground" };

test("dependents go with their owner, and theirs with them", async (context) => {
  const api = await Api.open(context);
  const owner = await put(api, "owner");
  const child = await put(api, "child", [owner]);
  await put(api, "grandchild", [child]);
  await put(api, "stranger");
  assert.equal((await api.delete(`${configMaps}/owner`)).code, 200);
  await gone(api, "child");
  await gone(api, "grandchild");
  assert.notEqual(await metaOf(api, "stranger"), undefined);
});

test("an owner that is deleted in the foreground goes after its dependents", async (context) => {
  const api = await Api.open(context);
  const owner = await put(api, "owner");
  await put(api, "child", [{ ...owner, blockOwnerDeletion: true }]);
  const { revision } = api.server;
  const events = await api.watch(context, `${configMaps}?resourceVersion=${revision}`);
  await api.delete(`${configMaps}/owner`, foreground);
  const marked = await events.next();
  assert.equal(marked.type, "MODIFIED");
  const { deletionTimestamp, finalizers } = marked.object.metadata as unknown as JsonObject;
  assert.equal(typeof deletionTimestamp, "string");
  assert.deepEqual(finalizers, ["foregroundDeletion"]);
  const rest = await events.take(2);
  assert.equal(rest[0], "DELETED child");
  await gone(api, "owner");
});

test("a dependent that something holds keeps an owner in the foreground, if it blocks", async (context) => {
  const api = await Api.open(context);
  const held = { finalizers: ["example.com/held"] };
  for (const blockOwnerDeletion of [true, false]) {
    const name = `owner-${blockOwnerDeletion}`;
    const owner = await put(api, name);
    const child = `child-${blockOwnerDeletion}`;
    await put(api, child, [{ ...owner, blockOwnerDeletion }], held);
    await api.delete(`${configMaps}/${name}`, foreground);
    await until("the child is on its way out", async () => {
      return (await metaOf(api, child))?.["deletionTimestamp"] !== undefined;
    });
    if (blockOwnerDeletion) {
      assert.deepEqual((await metaOf(api, name))?.["finalizers"], ["foregroundDeletion"]);
      await api.patch(`${configMaps}/${child}`, "merge", { metadata: { finalizers: null } });
    }
    await gone(api, name);
  }
  assert.notEqual(await metaOf(api, "child-false"), undefined);
});

test("an owner that orphans leaves its dependents, which forget it", async (context) => {
  const api = await Api.open(context);
  const owner = await put(api, "owner");
  const other = await put(api, "other");
  await put(api, "only", [owner]);
  await put(api, "shared", [owner, other]);
  await api.delete(`${configMaps}/owner`, { propagationPolicy: "Orphan" });
  await gone(api, "owner");
  const only = await metaOf(api, "only");
  assert.ok(only !== undefined && only["ownerReferences"] === undefined);
  assert.deepEqual((await metaOf(api, "shared"))?.["ownerReferences"], [other]);
});

test("who has another owner stays, and forgets the one that is gone", async (context) => {
  const api = await Api.open(context);
  const first = await put(api, "first");
  const second = await put(api, "second");
  await put(api, "child", [first, second]);
  await api.delete(`${configMaps}/first`);
  await until("the child has one owner", async () => {
    const owners = (await metaOf(api, "child"))?.["ownerReferences"] as readonly unknown[];
    return owners.length === 1;
  });
  assert.deepEqual((await metaOf(api, "child"))?.["ownerReferences"], [second]);
  await api.delete(`${configMaps}/second`);
  await gone(api, "child");
});

test("an object is deleted whose owner never was, or is another of the same name", async (context) => {
  const api = await Api.open(context);
  const owner = await put(api, "owner");
  await put(api, "of-none", [{ ...owner, name: "nobody" }]);
  await put(api, "of-former", [{ ...owner, uid: "00000000-0000-0000-0000-000000000000" }]);
  await gone(api, "of-none");
  await gone(api, "of-former");
  assert.notEqual(await metaOf(api, "owner"), undefined);
});

test("of owners that cannot be looked up nothing follows", async (context) => {
  const api = await Api.open(context);
  const owner = await put(api, "owner");
  // A kind that is not served, and a namespaced owner of something that is in no namespace.
  await put(api, "of-unknown", [{ ...owner, apiVersion: "example.com/v1", kind: "Thing" }]);
  const roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
  const metadata = { name: "wide", ownerReferences: [owner] };
  assert.equal((await api.post(roles, { metadata, rules: [] })).code, 201);
  // The collector works in order: when this one is gone, the two before it were judged.
  await put(api, "last", [{ ...owner, name: "nobody" }]);
  await gone(api, "last");
  assert.notEqual(await metaOf(api, "of-unknown"), undefined);
  assert.equal((await api.get(`${roles}/wide`)).code, 200);
});

test("an owner in the foreground goes on when its dependent lets go of it", async (context) => {
  const api = await Api.open(context);
  for (const ownerReferences of [null, "unblocked"]) {
    const name = `owner-${ownerReferences}`;
    const owner = await put(api, name);
    const child = `child-${ownerReferences}`;
    const held = { finalizers: ["example.com/held"] };
    await put(api, child, [{ ...owner, blockOwnerDeletion: true }], held);
    await api.delete(`${configMaps}/${name}`, foreground);
    await until("the child is on its way out", async () => {
      return (await metaOf(api, child))?.["deletionTimestamp"] !== undefined;
    });
    const references = ownerReferences === null ? null : [{ ...owner, blockOwnerDeletion: false }];
    await api.patch(`${configMaps}/${child}`, "merge", { metadata: { ownerReferences: references } });
    await gone(api, name);
    assert.notEqual(await metaOf(api, child), undefined);
  }
});

test("objects that own each other in a circle do not wait for each other", async (context) => {
  const api = await Api.open(context);
  const first = await put(api, "first");
  const second = await put(api, "second", [{ ...first, blockOwnerDeletion: true }]);
  const third = await put(api, "third", [{ ...second, blockOwnerDeletion: true }]);
  const ownerReferences = [{ ...third, blockOwnerDeletion: true }];
  await api.patch(`${configMaps}/first`, "merge", { metadata: { ownerReferences } });
  await api.delete(`${configMaps}/first`, foreground);
  for (const name of ["first", "second", "third"]) await gone(api, name);
});
