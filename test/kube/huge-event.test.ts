// A line that never ends fills the memory.
// The class of kubernetes-client/java #912 and robusta-dev/kubewatch #103
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed } from "./follow.ts";
import { ApiServer, isList, sendJson } from "./server.ts";

test("an event has a largest size; the rest of the stream is not read", async (t) => {
  const server = await ApiServer.start(t);
  const followed = new Followed(t, server, { limits: { eventBytes: 100_000 } });
  await followed.until(() => followed.phase === "watching");
  const [watch] = server.watches;
  const chunk = Buffer.alloc(50_000, "x");
  const write = (): void => {
    if (!watch!.answer.destroyed) watch!.answer.write(chunk, () => setImmediate(write));
  };
  write();
  await followed.until(() => followed.cluster.state.lastError !== undefined);
  assert.equal(followed.cluster.state.lastError!.message, "An event is larger than 100000 bytes");
  server.put("a");
  await followed.until(() => followed.objects.size === 1);
});

test("a page of a list has a largest size", async (t) => {
  const server = await ApiServer.start(t);
  server.watchList = false;
  const metadata = { resourceVersion: "1" };
  const items = [{ metadata: { name: "a" }, data: "x".repeat(2000) }];
  server.intercept(isList, (_, answer) => sendJson(answer, { metadata, items }), 1);
  const followed = new Followed(t, server, { requestLimits: { list: 1000 } });
  await followed.until(() => followed.batches.length === 1);
  assert.equal(followed.cluster.state.lastError!.message, "The answer is larger than 1000 bytes");
});
