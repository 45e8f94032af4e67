// An object that was deleted while nobody watched stays for ever.
// kubernetes-client/javascript #494 (the cache after a reconnection), #572; kubernetes/kubernetes #115658
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed } from "./follow.ts";
import { ApiServer } from "./server.ts";

test("what vanished during an outage is told, and leaves cache and indexes", async (t) => {
  const server = await ApiServer.start(t);
  for (let index = 0; index < 50; index++) server.put(`w${index}`, { spec: { group: index % 2 } });
  const followed = new Followed(t, server);
  const cache = followed.cluster.cache("Widget");
  cache.index("group", ({ spec }) => [String((spec as { group: number }).group)]);
  await followed.until(() => followed.objects.size === 50);
  assert.equal(cache.find("group", "1").length, 25);

  server.stop();
  await server.until(() => server.watches.size === 0);
  for (let index = 0; index < 49; index++) server.remove(`w${index}`);
  server.oldest = server.revision;
  await server.listen();
  await followed.until(() => followed.objects.size === 1);
  assert.equal(followed.batches.at(-1)!.changes.length, 49, "in one batch");
  assert.equal(cache.size, 1);
  assert.deepEqual(cache.find("group", "0"), []);
  assert.equal(cache.find("group", "1").length, 1);
});

test("an object that came and went within one batch is not left behind", async (t) => {
  const server = await ApiServer.start(t);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const followed = new Followed(t, server, { onChanges: ({ first }) => (first ? held : undefined) });
  await followed.until(() => followed.batches.length === 1 && followed.phase === "watching");
  const cache = followed.cluster.cache("Widget");
  server.put("brief");
  server.put("stays");
  server.remove("brief");
  server.put("end");
  while (cache.get("default", "end") === undefined) await new Promise(setImmediate);
  release();
  await followed.until(() => followed.batches.length === 2);
  assert.deepEqual(followed.names, ["end", "stays"]);
});
