// A watch that is granted and ends at once: a tight loop, or for ever from a version that is too old.
// jupyterhub/kubespawner #577, #920; fabric8io/kubernetes-client #7896; projectcalico/typha #227;
// 2015-Middleware-Keynote/hexboard #32
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed } from "./follow.ts";
import { ApiServer, isWatch } from "./server.ts";

const isResumed = (asked: Parameters<typeof isWatch>[0]): boolean => asked.query.has("resourceVersion");

test("pauses grow, and it is said", async (t) => {
  const server = await ApiServer.start(t);
  server.intercept(isWatch, (_, answer) => void answer.writeHead(200).end());
  const followed = new Followed(t, server, { limits: { retryFirst: 20, retryMost: 80, healthy: 60_000 } });
  await server.until(() => server.count(isWatch) === 5);
  const times = server.asked.filter(isWatch).map(({ at }) => at);
  // Grown ones are 10 + 20 + 40 + 40 ms at least; four that do not grow are 80 at most.
  assert.ok(times[4]! - times[0]! > 80, `${times[4]! - times[0]!} ms`);
  await followed.until(() => followed.phase === "failing");
  assert.equal(followed.cluster.state.lastError!.message, "The server ends every watch at once");
});

test("after three in a row everything is read anew: a proxy may hide that the version is too old", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  const followed = new Followed(t, server, { limits: { healthy: 60_000 } });
  await followed.until(() => followed.objects.size === 1);
  server.intercept(isResumed, (_, answer) => void answer.writeHead(200).end(), 3);
  server.cutWatches();
  await server.until(() => server.watches.size === 0);
  server.put("b");
  await followed.until(() => followed.objects.size === 2);
  const [, ...later] = server.asked.filter(isWatch).map(({ query }) => query.has("sendInitialEvents"));
  assert.deepEqual(later, [false, false, false, true]);
});

test("watches that end at once after news are no reason to read everything anew", async (t) => {
  const server = await ApiServer.start(t);
  const followed = new Followed(t, server, { limits: { healthy: 60_000 } });
  await followed.until(() => followed.phase === "watching");
  for (let index = 0; index < 8; index++) {
    server.put(`w${index}`);
    await followed.until(() => followed.objects.size === index + 1);
    const asked = server.count(isWatch);
    server.endWatches();
    await server.until(() => server.count(isWatch) > asked && server.watches.size === 1);
  }
  assert.equal(
    server.count(({ query }) => query.has("sendInitialEvents")),
    1,
  );
});
