// A receiver that is slower than the events fills the memory, or slows down the watch until the server cuts it off.
// kubernetes/kubernetes #115658 (a queue of events); kubernetes-client/java #912
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed } from "./follow.ts";
import { ApiServer, isWatch } from "./server.ts";

test("while a receiver is busy only the last state of every object is kept for it", async (t) => {
  const server = await ApiServer.start(t);
  let release = (): void => undefined;
  let [calls, most] = [0, 0];
  const followed = new Followed(t, server, {
    onChanges: () => {
      most = Math.max(most, ++calls);
      return new Promise((resolve) => {
        release = () => {
          calls--;
          resolve();
        };
      });
    },
  });
  await followed.until(() => followed.batches.length === 1);
  for (let round = 0; round < 200; round++) {
    for (const name of ["a", "b", "c"]) server.put(name, { round });
  }
  const cache = followed.cluster.cache("Widget");
  while (cache.get("default", "c")?.["round"] !== 199) await new Promise(setImmediate);
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  assert.equal(followed.batches.length, 1);
  release();
  await followed.until(() => followed.batches.length === 2);
  assert.equal(most, 1, "one call at a time");
  assert.equal(followed.batches[1]!.changes.length, 3);
  assert.deepEqual(followed.objects.get("Widget/default/a"), server.get("a"));
  release();
  assert.equal(server.count(isWatch), 1);
});

test("a receiver that fails gets the next batch all the same", async (t) => {
  const server = await ApiServer.start(t);
  const write = t.mock.method(process.stderr, "write", () => true);
  const followed = new Followed(t, server, {
    onChanges: ({ first }) => {
      if (first) throw new Error("receiver");
    },
  });
  await followed.until(() => followed.batches.length === 1);
  server.put("a");
  await followed.until(() => followed.batches.length === 2);
  assert.match(String(write.mock.calls[0]!.arguments[0]), /^bug: Error: receiver/);
});
