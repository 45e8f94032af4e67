import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { test, type TestContext } from "node:test";
import { Api, configMap, configMaps, type Answer } from "../testing.ts";

const own = "/api/v1/namespaces/watched/configmaps";

/** A namespace `watched` in which nothing is; no controller puts something in. */
async function open(context: TestContext): Promise<Api> {
  const api = await Api.open(context, { controllers: false });
  assert.equal((await api.post("/api/v1/namespaces", { metadata: { name: "watched" } })).code, 201);
  return api;
}

function versionOf({ body }: Answer): string {
  return (body["metadata"] as { resourceVersion: string }).resourceVersion;
}

test("a watch from a version tells everything since, then what comes", async (context) => {
  const api = await open(context);
  const since = versionOf(await api.post(own, configMap("before")));
  await api.post(own, configMap("a"));
  await api.put(`${own}/a`, configMap("a", { x: "1" }));
  await api.delete(`${own}/a`);
  const events = await api.watch(context, `${own}?resourceVersion=${since}`);
  assert.deepEqual(await events.take(3), ["ADDED a", "MODIFIED a", "DELETED a"]);
  await api.post(own, configMap("later"));
  assert.deepEqual(await events.take(1), ["ADDED later"]);
});

for (const query of ["", "?resourceVersion=0"]) {
  test(`a watch without a version begins with what is there ${query}`, async (context) => {
    const api = await open(context);
    await api.post(own, configMap("b"));
    await api.post(own, configMap("a"));
    const events = await api.watch(context, own + query);
    assert.deepEqual(await events.take(2), ["ADDED a", "ADDED b"]);
    await api.delete(`${own}/b`);
    assert.deepEqual(await events.take(1), ["DELETED b"]);
  });
}

test("initial events end with a bookmark that says so", async (context) => {
  const api = await open(context);
  await api.post(own, configMap("a"));
  const query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
  const events = await api.watch(context, `${own}?${query}`);
  assert.deepEqual(await events.take(1), ["ADDED a"]);
  const { type, object } = await events.next();
  assert.equal(type, "BOOKMARK");
  assert.deepEqual([object["kind"], object["apiVersion"]], ["ConfigMap", "v1"]);
  const { annotations, resourceVersion } = object.metadata as unknown as Record<string, unknown>;
  assert.deepEqual(annotations, { "k8s.io/initial-events-end": "true" });
  assert.equal(resourceVersion, String(api.server.revision));
});

test("sendInitialEvents needs the other two parameters, and they need it", async (context) => {
  const api = await open(context);
  for (const query of [
    "sendInitialEvents=true",
    "sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
    "sendInitialEvents=true&resourceVersionMatch=Exact&allowWatchBookmarks=true",
    "resourceVersionMatch=NotOlderThan",
    "timeoutSeconds=x",
    "resourceVersion=x",
  ]) {
    await assert.rejects(api.watch(context, `${own}?${query}`), /^Error: 400: /, query);
  }
});

test("without initial events a watch tells only what comes", async (context) => {
  const api = await open(context);
  await api.post(own, configMap("a"));
  const query = "sendInitialEvents=false&resourceVersionMatch=NotOlderThan";
  const events = await api.watch(context, `${own}?${query}`);
  await api.post(own, configMap("b"));
  assert.deepEqual(await events.take(1), ["ADDED b"]);
});

test("objects come and go as their labels begin and cease to match", async (context) => {
  const api = await open(context);
  const green = { labels: { color: "green" } };
  const events = await api.watch(context, `${own}?labelSelector=color%3Dgreen`);
  await api.post(own, configMap("never"));
  await api.post(own, configMap("a", {}));
  await api.put(`${own}/a`, configMap("a", { step: "in" }, green));
  await api.put(`${own}/a`, configMap("a", { step: "stays" }, green));
  const out = await api.put(`${own}/a`, configMap("a", { step: "out" }));
  await api.delete(`${own}/a`);
  await api.post(own, configMap("b", {}, green));
  await api.delete(`${own}/b`);
  assert.deepEqual(await events.take(2), ["ADDED a", "MODIFIED a"]);
  const { type, object } = await events.next();
  assert.equal(type, "DELETED");
  // The object as the watcher knew it, at the version that took it out of sight.
  assert.deepEqual(object["data"], { step: "stays" });
  assert.deepEqual((object.metadata as unknown as Record<string, unknown>)["labels"], green.labels);
  assert.equal(object.metadata.resourceVersion, versionOf(out));
  assert.deepEqual(await events.take(2), ["ADDED b", "DELETED b"]);
});

test("a watch of one name tells of no other", async (context) => {
  const api = await open(context);
  const events = await api.watch(context, `${own}?fieldSelector=metadata.name%3Da`);
  await api.post(own, configMap("b"));
  await api.post(own, configMap("a"));
  assert.deepEqual(await events.take(1), ["ADDED a"]);
});

test("a watch of one namespace hears nothing of others, one of all hears everything", async (context) => {
  const api = await open(context);
  const { revision } = api.server;
  const one = await api.watch(context, `${own}?resourceVersion=${revision}`);
  const all = await api.watch(context, `/api/v1/configmaps?resourceVersion=${revision}`);
  await api.post(configMaps, configMap("elsewhere"));
  await api.post(own, configMap("here"));
  assert.deepEqual(await one.take(1), ["ADDED here"]);
  assert.deepEqual(await all.take(2), ["ADDED elsewhere", "ADDED here"]);
});

test("a deleted object carries the version of its deletion", async (context) => {
  const api = await open(context);
  const created = Number(versionOf(await api.post(own, configMap("a", { x: "1" }))));
  const events = await api.watch(context, `${own}?resourceVersion=${created}`);
  await api.delete(`${own}/a`);
  const { type, object } = await events.next();
  assert.equal(type, "DELETED");
  assert.deepEqual(object["data"], { x: "1" });
  assert.ok(Number(object.metadata.resourceVersion) > created);
  // So it can be gone on from.
  const next = await api.watch(context, `${own}?resourceVersion=${object.metadata.resourceVersion}`);
  await api.post(own, configMap("b"));
  assert.deepEqual(await next.take(1), ["ADDED b"]);
});

test("a version that this server never gave is expired", async (context) => {
  const api = await open(context);
  const future = api.server.revision + 1000;
  await assert.rejects(api.watch(context, `${own}?resourceVersion=${future}`), (error: Error) => {
    const [code, ...rest] = error.message.split(": ");
    const { reason } = JSON.parse(rest.join(": ")) as { reason: string };
    return code === "410" && reason === "Expired";
  });
});

test("a watch comes as tables, whose columns stand in the first", async (context) => {
  const api = await open(context);
  await api.post(own, configMap("a", { x: "1" }));
  const events = await api.watch(context, own, { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" });
  await api.post(own, configMap("b"));
  const tables = [(await events.next()).object, (await events.next()).object];
  assert.deepEqual(
    tables.map(({ kind, columnDefinitions }) => [kind, Array.isArray(columnDefinitions)]),
    [
      ["Table", true],
      ["Table", false],
    ],
  );
});

test("a watch ends in order with its time, and with the server", async (context) => {
  const api = await open(context);
  const short = await api.watch(context, `${own}?timeoutSeconds=1`);
  assert.equal(await short.ended(), true);
  const long = await api.watch(context, own);
  const closed = api.server.close();
  assert.equal(await long.ended(), true);
  await closed;
});

test("a watcher that does not read is cut off", async (context) => {
  const api = await open(context);
  const { hostname, port } = new URL(api.server.url);
  const sent = request({
    host: hostname,
    port,
    path: `${own}?watch=true`,
    ca: api.server.ca,
    agent: false,
    headers: { authorization: `Bearer ${api.server.token}` },
  });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  context.after(() => sent.destroy());
  const size = 1_000_000;
  const count = 48;
  assert.equal((await api.post(own, configMap("large"))).code, 201);
  for (let index = 0; index < count; index++) {
    const data = { a: String(index).padStart(size) };
    assert.equal((await api.patch(`${own}/large`, "merge", { data })).code, 200);
  }
  let bytes = 0;
  await assert.rejects(async () => {
    for await (const chunk of response) bytes += (chunk as Buffer).length;
  });
  assert.ok(bytes < count * size, `${bytes} bytes came`);
  assert.equal((await api.get(`${own}/large`)).code, 200);
});
