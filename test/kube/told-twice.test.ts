// Every reconnection tells everything again.
// kubernetes-client/javascript #301 (updates of all Pods once an hour); fiaas/k8s #132 (events from before)
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed } from "./follow.ts";
import { ApiServer, eventLine, isWatch } from "./server.ts";

for (const watchList of [true, false]) {
  test(`${watchList ? "watch-list" : "list and watch"}: a new list of the same objects changes nothing`, async (t) => {
    const server = await ApiServer.start(t);
    server.watchList = watchList;
    for (let index = 0; index < 20; index++) server.put(`w${index}`);
    const followed = new Followed(t, server);
    await followed.until(() => followed.objects.size === 20);
    const asked = server.count(isWatch);
    server.oldest = ++server.revision;
    server.cutWatches();
    await server.until(() => server.count(isWatch) >= asked + 2 && server.watches.size === 1);
    server.put("end");
    await followed.until(() => followed.objects.size === 21);
    assert.equal(followed.changes.length, 21);
  });
}

test("an event that comes again is no change", async (t) => {
  const server = await ApiServer.start(t);
  const object = server.put("a");
  const followed = new Followed(t, server);
  await followed.until(() => followed.objects.size === 1);
  const [watch] = server.watches;
  watch!.answer.write(eventLine("ADDED", object) + eventLine("MODIFIED", object));
  server.put("end");
  await followed.until(() => followed.objects.size === 2);
  assert.equal(followed.changes.length, 2);
});
