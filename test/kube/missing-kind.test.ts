// A kind that is not installed, or not allowed, keeps everything else waiting.
// kubernetes-sigs/controller-runtime #1759; kubernetes-sigs/kubebuilder #337; apache/doris-operator #489;
// operator-framework/java-operator-sdk #1541
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed, widget } from "./follow.ts";
import { ApiServer, isList, isWatch, sendJson, sendStatus } from "./server.ts";

const gadget = { kind: "Gadget", group: "example.test", versions: ["v2", "v1"], plural: "gadgets" };
const kinds = [widget, gadget];

for (const aggregated of [true, false]) {
  const how = aggregated ? "aggregated discovery" : "discovery by version";
  test(`${how}: a missing kind is absent until it is installed, and its objects go with it`, async (t) => {
    const server = await ApiServer.start(t);
    server.aggregated = aggregated;
    server.put("a");
    const followed = new Followed(t, server, { kinds });
    const phaseOf = (kind: string): string => followed.cluster.state.kinds.get(kind)!.phase;
    await followed.cluster.synced;
    await followed.until(() => followed.batches.length === 1);
    assert.equal(phaseOf("Gadget"), "absent");
    assert.equal(followed.cluster.state.kinds.get("Gadget")!.error, "The server has no Gadget");
    assert.ok(followed.cluster.state.connectedSince);

    server.kinds.set("gadgets", "Gadget");
    server.put("g", {}, "gadgets");
    await followed.until(() => followed.objects.size === 2);
    server.kinds.delete("gadgets");
    server.cutWatches();
    await followed.until(() => followed.objects.size === 1 && phaseOf("Gadget") === "absent");
    assert.deepEqual([...followed.objects.keys()], ["Widget/default/a"]);
    server.kinds.set("gadgets", "Gadget");
    await followed.until(() => followed.objects.size === 2);
  });
}

test("a 404 for a kind that is served takes no object away", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  const followed = new Followed(t, server);
  await followed.until(() => followed.objects.size === 1);
  server.intercept(isWatch, (_, answer) => sendStatus(answer, 404, "NotFound"), 3);
  server.cutWatches();
  await followed.until(() => followed.phase === "failing");
  server.put("b");
  await followed.until(() => followed.objects.size === 2);
  assert.ok(followed.changes.every(({ object }) => object !== undefined));
});

test("a forbidden kind is said, keeps what it has, and is tried again", async (t) => {
  const server = await ApiServer.start(t);
  server.kinds.set("gadgets", "Gadget");
  server.put("a");
  server.put("g", {}, "gadgets");
  let forbidden = true;
  server.intercept(
    ({ path }) => forbidden && path.endsWith("/gadgets"),
    (_, answer) => sendStatus(answer, 403, "Forbidden"),
  );
  const followed = new Followed(t, server, { kinds });
  await followed.until(() => followed.batches.length === 1);
  assert.deepEqual(followed.names, ["a"]);
  assert.equal(followed.cluster.state.kinds.get("Gadget")!.phase, "forbidden");
  forbidden = false;
  await followed.until(() => followed.names.includes("g"));
  forbidden = true;
  server.cutWatches();
  await followed.until(() => followed.cluster.state.kinds.get("Gadget")!.phase === "forbidden");
  assert.deepEqual(followed.names, ["a", "g"]);
});

test("a server behind the server that does not answer is no missing kind", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  const versions = [{ version: "v1", freshness: "Stale", resources: [] }];
  const items = [{ metadata: { name: "example.test" }, versions }];
  server.intercept(
    ({ path }) => path === "/apis",
    (_, answer) => sendJson(answer, { kind: "APIGroupDiscoveryList", items }),
    2,
  );
  const followed = new Followed(t, server);
  await followed.until(() => followed.phase === "failing");
  assert.equal(
    followed.cluster.state.lastError!.message,
    "The server behind example.test/v1 does not answer",
  );
  assert.equal(followed.batches.length, 0);
  await followed.until(() => followed.objects.size === 1);
});

test("a kind that keeps failing does not keep the others waiting for ever", async (t) => {
  const server = await ApiServer.start(t);
  server.kinds.set("gadgets", "Gadget");
  server.put("a");
  server.put("g", {}, "gadgets");
  let broken = true;
  const isBroken = ({ path }: { path: string }): boolean => broken && path.endsWith("/gadgets");
  server.intercept(isBroken, (_, answer) => sendStatus(answer, 500, "InternalError"));
  const followed = new Followed(t, server, { kinds, startLimit: 50 });
  await followed.until(() => followed.batches.length === 1);
  assert.deepEqual(followed.names, ["a"]);
  assert.equal(followed.cluster.state.synced, false);
  broken = false;
  await followed.cluster.synced;
  await followed.until(() => followed.names.length === 2);
  assert.equal(server.count(isList), 0);
});
