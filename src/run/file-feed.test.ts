import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Api, configMap, configMaps } from "../apiserver/testing.ts";
import type { Resource, ResourceChange } from "../resources/resource.ts";
import type { SourceEvent } from "../source/source.ts";
import { FileFeed } from "./file-feed.ts";

/** A ConfigMap as the source gives it. */
function config(name: string, data: Readonly<Record<string, string>>, namespace = "default"): ResourceChange {
  const metadata = { name, namespace, creationTimestamp: "", generation: 1, labels: {}, annotations: {} };
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata, data } as Resource;
  return { key: `ConfigMap/${namespace}/${name}`, object };
}

function namespace(name: string): ResourceChange {
  const metadata = { name, namespace: "", creationTimestamp: "", generation: 1, labels: {}, annotations: {} };
  return { key: `Namespace//${name}`, object: { apiVersion: "v1", kind: "Namespace", metadata } };
}

function gone({ key }: ResourceChange): ResourceChange {
  return { key };
}

function look(changes: readonly ResourceChange[], implied: readonly string[] = []): SourceEvent {
  return { changes, implied: new Set(implied), problems: [], skipped: [], files: ["all.yaml"], readAt: 1 };
}

function feedOf(api: Api): FileFeed {
  return new FileFeed(api.server.ownership("gatewright-files"), new Set(["ConfigMap"]));
}

async function open(context: TestContext): Promise<{ readonly api: Api; readonly feed: FileFeed }> {
  const api = await Api.open(context);
  return { api, feed: feedOf(api) };
}

async function dataOf(api: Api, name: string, path = configMaps): Promise<unknown> {
  const { code, body } = await api.get(`${path}/${name}`);
  return code === 200 ? body["data"] : code;
}

test("what files say is applied, changed and taken away", async (context) => {
  const { api, feed } = await open(context);
  feed.put(look([config("a", { x: "1", y: "1" }), config("b", {})]));
  assert.deepEqual(await dataOf(api, "a"), { x: "1", y: "1" });
  feed.put(look([config("a", { x: "2" })]));
  assert.deepEqual(await dataOf(api, "a"), { x: "2" });
  feed.put(look([gone(config("a", {}))]));
  assert.equal(await dataOf(api, "a"), 404);
  assert.notEqual(await dataOf(api, "b"), 404);
  assert.deepEqual(feed.faults, []);
});

test("namespaces go in before what is in them; implied ones stay, others go", async (context) => {
  const { api, feed } = await open(context);
  const inShop = config("a", {}, "shop");
  const inBank = config("a", {}, "bank");
  // In the order of keys, which is not that of dependence.
  feed.put(look([inBank, inShop, namespace("bank"), namespace("shop")], ["Namespace//shop"]));
  assert.deepEqual(feed.faults, []);
  assert.equal((await api.get("/api/v1/namespaces/shop/configmaps/a")).code, 200);
  const all = [inBank, inShop, namespace("bank"), namespace("shop")].map(gone);
  feed.put(look(all, ["Namespace//shop"]));
  assert.equal((await api.get("/api/v1/namespaces/shop/configmaps/a")).code, 404);
  const { body } = await api.get("/api/v1/namespaces/shop");
  assert.deepEqual(body["status"], { phase: "Active" });
  const bank = await api.get("/api/v1/namespaces/bank");
  assert.ok(bank.code === 404 || JSON.stringify(bank.body["status"]).includes("Terminating"), bank.text);
});

test("what the server refuses is a fault until it is mended or gone; neighbours go in", async (context) => {
  const { api, feed } = await open(context);
  const wrong = config("Wrong_Name", {});
  const nowhere = config("a", {}, "nowhere");
  feed.put(look([wrong, nowhere, config("good", { x: "1" })]));
  assert.deepEqual(await dataOf(api, "good"), { x: "1" });
  assert.deepEqual(
    feed.faults.map(({ object }) => object),
    [wrong.key, nowhere.key],
  );
  assert.match(feed.faults[0]!.message, /Wrong_Name/);
  feed.put(look([gone(wrong)]));
  feed.put(look([namespace("nowhere"), nowhere]));
  assert.deepEqual(feed.faults, []);
});

test("what an earlier run left is removed at the beginning, what others wrote is not", async (context) => {
  const { api, feed } = await open(context);
  feed.put(look([namespace("shop"), config("kept", {}), config("left", {}), config("left", {}, "shop")]));
  await api.post(configMaps, configMap("foreign"));
  const next = feedOf(api);
  next.begin([config("kept", {})]);
  assert.equal(await dataOf(api, "left"), 404);
  assert.equal(await dataOf(api, "left", "/api/v1/namespaces/shop/configmaps"), 404);
  for (const name of ["kept", "foreign"]) assert.notEqual(await dataOf(api, name), 404, name);
  assert.equal((await api.get("/api/v1/namespaces/shop")).code, 200);
});

test("what somebody added survives an edit of the file; what the file says holds again", async (context) => {
  const { api, feed } = await open(context);
  feed.put(look([config("a", { x: "1", y: "1" })]));
  const { code } = await api.patch(`${configMaps}/a`, "merge", { data: { x: "theirs", added: "theirs" } });
  assert.equal(code, 200);
  feed.put(look([config("a", { x: "2" })]));
  assert.deepEqual(await dataOf(api, "a"), { added: "theirs", x: "2" });
});

test("an edit has arrived when all that it wrote has come back", async (context) => {
  const { api, feed } = await open(context);
  const objects = [config("a", {}), config("b", {})];
  feed.put(look(objects));
  const version = `${api.server.revision}`;
  assert.deepEqual(
    feed.arrived(() => undefined),
    [],
  );
  assert.deepEqual(
    feed.arrived((key) => (key === "ConfigMap/default/a" ? version : undefined)),
    [],
  );
  assert.deepEqual(
    feed.arrived(() => version).map(({ files }) => files),
    [["all.yaml"]],
  );
  assert.deepEqual(
    feed.arrived(() => version),
    [],
  );
  feed.put(look([gone(objects[0]!)]));
  assert.deepEqual(
    feed.arrived(() => version),
    [],
  );
  assert.equal(feed.arrived(() => undefined).length, 1);
  // Nothing comes back of what was refused or is not followed.
  feed.put(look([config("Wrong_Name", {}), namespace("shop")]));
  assert.equal(feed.arrived(() => undefined).length, 1);
});
