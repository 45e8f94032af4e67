// An error of a socket that nobody listens to ends the process; one that is listened to ends the watch.
// kubernetes-client/javascript #1496, #589, #795; nodejs/node #27916
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed } from "./follow.ts";
import { ApiServer, isWatch } from "./server.ts";

test("a watch whose connection is reset goes on where it was, twenty times", async (t) => {
  const server = await ApiServer.start(t);
  const followed = new Followed(t, server);
  await followed.until(() => followed.phase === "watching");
  for (let index = 0; index < 20; index++) {
    const asked = server.count(isWatch);
    for (const socket of server.sockets) socket.resetAndDestroy();
    server.put(`w${index}`);
    await server.until(() => server.count(isWatch) > asked);
    await followed.until(() => followed.objects.size === index + 1);
  }
  assert.equal(followed.changes.length, 20);
  assert.equal(
    server.count(({ query }) => query.has("sendInitialEvents")),
    1,
  );
});

test("a connection that is reset before the answer, and right after it", async (t) => {
  const server = await ApiServer.start(t);
  server.intercept(isWatch, (_, answer) => void answer.socket?.resetAndDestroy(), 2);
  server.intercept(
    isWatch,
    (_, answer) => {
      answer.writeHead(200).flushHeaders();
      answer.socket?.resetAndDestroy();
    },
    2,
  );
  const followed = new Followed(t, server);
  await followed.until(() => followed.batches.length === 1);
  assert.match(followed.cluster.state.lastError!.message, /ECONNRESET|hang up|broke|aborted/);
});

test("an idle connection that the server closes while the next request is on its way", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  const followed = new Followed(t, server, { requestLimits: { retryFirst: 1 } });
  await followed.until(() => followed.objects.size === 1);
  const target = { ...server.get("a")!.metadata, group: "example.test", version: "v1", plural: "widgets" };
  await followed.client.get(target);
  server.intercept(
    ({ method }) => method === "GET",
    (_, answer) => void answer.socket?.resetAndDestroy(),
    2,
  );
  assert.deepEqual(await followed.client.get(target), server.get("a"));
});
