import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed, widget } from "./follow.ts";
import { ApiServer, isList, isWatch } from "./server.ts";

test("objects that are there come in one batch, then what changes", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a", { spec: { size: 1 } });
  server.put("b");
  const followed = new Followed(t, server);
  await followed.until(() => followed.batches.length === 1);
  const [first] = followed.batches;
  assert.equal(first!.first, true);
  assert.deepEqual(
    first!.changes.map(({ kind, key }) => [kind, key]),
    [
      ["Widget", "Widget/default/a"],
      ["Widget", "Widget/default/b"],
    ],
  );
  assert.deepEqual(first!.changes[0]!.object, server.get("a"));

  server.put("a", { spec: { size: 2 } });
  await followed.until(() => followed.batches.length === 2);
  assert.equal(followed.batches[1]!.first, false);
  assert.deepEqual(followed.objects.get("Widget/default/a"), server.get("a"));
  server.remove("b");
  await followed.until(() => followed.batches.length === 3);
  assert.deepEqual(followed.batches[2]!.changes, [{ kind: "Widget", key: "Widget/default/b" }]);

  assert.equal(server.count(isList), 0, "objects and events came in one watch");
  assert.equal(server.count(isWatch), 1);
});

test("a server that knows neither watch-lists nor aggregated discovery is followed as well", async (t) => {
  const server = await ApiServer.start(t);
  server.aggregated = false;
  server.watchList = false;
  for (let index = 0; index < 7; index++) server.put(`w${index}`);
  const followed = new Followed(t, server, { limits: { page: 3 } });
  await followed.until(() => followed.objects.size === 7);
  assert.equal(followed.batches.length, 1);
  assert.equal(server.count(isList), 3, "pages");
  // Lists leave out what their items are.
  assert.deepEqual(followed.objects.get("Widget/default/w5"), server.get("w5"));
  server.put("late");
  await followed.until(() => followed.objects.size === 8);
});

test("no objects: the first batch comes all the same", async (t) => {
  const server = await ApiServer.start(t);
  const followed = new Followed(t, server);
  await followed.until(() => followed.batches.length === 1);
  assert.deepEqual(followed.batches, [{ changes: [], first: true }]);
});

test("states say what a terminal shows", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  const before = new Date();
  const followed = new Followed(t, server);
  await followed.until(() => followed.phase === "watching");
  const { connectedSince, synced, lastError, kinds } = followed.cluster.state;
  assert.ok(connectedSince !== undefined && connectedSince >= before);
  assert.equal(synced, true);
  assert.equal(lastError, undefined);
  assert.deepEqual(
    { ...kinds.get("Widget"), since: 0 },
    { phase: "watching", since: 0, synced: true, objects: 1 },
  );

  server.stop();
  await followed.until(() => followed.phase === "failing");
  assert.equal(followed.cluster.state.connectedSince, undefined);
  assert.match(
    followed.cluster.state.lastError!.message,
    /^Cannot reach http:\/\/127.0.0.1:\d+: .*ECONNREFUSED/,
  );
  await server.listen();
  await followed.until(() => followed.phase === "watching");
  assert.equal(followed.cluster.state.kinds.get("Widget")!.error, undefined);
});

test("managedFields are not kept; a transform keeps what it wants", async (t) => {
  const server = await ApiServer.start(t);
  const managed = {
    name: "a",
    namespace: "default",
    resourceVersion: "7",
    managedFields: [{ manager: "x" }],
  };
  server.intercept(
    ({ query }) => query.has("sendInitialEvents"),
    (_, answer) => {
      answer.write(`${JSON.stringify({ type: "ADDED", object: { metadata: managed, data: "large" } })}\n`);
      answer.write(
        '{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}}}\n',
      );
    },
  );
  const plain = new Followed(t, server);
  await plain.until(() => plain.objects.size === 1);
  assert.deepEqual(plain.objects.get("Widget/default/a"), {
    apiVersion: "example.test/v1",
    kind: "Widget",
    metadata: { name: "a", namespace: "default", resourceVersion: "7" },
    data: "large",
  });
  const lean = new Followed(t, server, {
    kinds: [{ ...widget, transform: ({ apiVersion, kind, metadata }) => ({ apiVersion, kind, metadata }) }],
  });
  await lean.until(() => lean.objects.size === 1);
  assert.equal(lean.objects.get("Widget/default/a")!["data"], undefined);
});

test("selectors and a namespace go into every list and watch", async (t) => {
  const server = await ApiServer.start(t);
  server.watchList = false;
  const narrow = { namespace: "default", labelSelector: "app in (a,b)", fieldSelector: "metadata.name=x" };
  const followed = new Followed(t, server, { kinds: [{ ...widget, ...narrow }] });
  await followed.until(() => followed.phase === "watching");
  const asked = server.asked.filter(({ path }) => path !== "/apis");
  assert.equal(asked.length, 3);
  for (const { path, query } of asked) {
    assert.equal(path, "/apis/example.test/v1/namespaces/default/widgets");
    assert.equal(query.get("labelSelector"), narrow.labelSelector);
    assert.equal(query.get("fieldSelector"), narrow.fieldSelector);
  }
});
