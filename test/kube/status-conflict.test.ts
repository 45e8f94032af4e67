// Two write one object; statuses come faster than they can be written; the object is gone; the server is busy.
// openshift/library-go #1658 and ksonnet/ksonnet #787 ("the object has been modified"); kubernetes/client-go #222
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { KubeClient } from "../../src/kube/client.ts";
import { connectTo } from "../../src/kube/connect.ts";
import type { KubeError } from "../../src/kube/error.ts";
import { StatusQueue, type StatusQueueOptions, type StatusWrite } from "../../src/kube/status-queue.ts";
import type { JsonObject } from "../../src/resources/json.ts";
import { ApiServer, sendStatus, statusOf } from "./server.ts";

const widgets = { group: "example.test", version: "v1", plural: "widgets", namespace: "default" };
const isPatch = ({ method }: { method: string }): boolean => method === "PATCH";

function open(t: TestContext, server: ApiServer, more: Partial<StatusQueueOptions> = {}) {
  const client = new KubeClient(connectTo({ server: server.url }));
  const refused: (readonly [StatusWrite, KubeError])[] = [];
  const queue = new StatusQueue({
    client,
    onRefused: (...each) => refused.push(each),
    retryFirst: 2,
    retryMost: 10,
    ...more,
  });
  t.after(() => {
    queue.close();
    client.close();
  });
  return { client, queue, refused };
}

function write(name: string, status: JsonObject, resourceVersion?: string): StatusWrite {
  const metadata = resourceVersion === undefined ? {} : { metadata: { resourceVersion } };
  return { target: { ...widgets, name }, patch: { type: "merge", body: { ...metadata, status } } };
}

test("a conflict: the object is read again, and the patch is made for it as it is", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a", { status: { theirs: 1 } });
  const { queue, refused } = open(t, server);
  const stale = write("a", { ours: 1 }, "1");
  queue.put({
    ...stale,
    recompute: (current) => {
      const { resourceVersion } = current["metadata"] as { resourceVersion: string };
      return write("a", { ...(current["status"] as JsonObject), ours: 2 }, resourceVersion).patch;
    },
  });
  await queue.idle();
  assert.deepEqual(server.get("a")!["status"], { theirs: 1, ours: 2 });
  assert.deepEqual(
    server.asked.map(({ method, path }) => [method, path.split("/default/")[1]]),
    [
      ["PATCH", "widgets/a/status"],
      ["GET", "widgets/a"],
      ["PATCH", "widgets/a/status"],
    ],
  );
  assert.equal(server.asked[0]!.headers["content-type"], "application/merge-patch+json");

  queue.put({ ...stale, recompute: () => undefined });
  await queue.idle();
  queue.put(stale);
  await queue.idle();
  assert.equal(refused.length, 1, "only the one that cannot be recomputed");
  assert.equal(refused[0]![1].code, 409);
});

test("somebody who is always faster: pauses are made between the attempts", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  let delayed = 0;
  const { queue } = open(t, server, { onDelayed: () => delayed++ });
  server.intercept(isPatch, (_, answer) => sendStatus(answer, 409, "Conflict"), 14);
  queue.put({ ...write("a", { n: 1 }), recompute: () => write("a", { n: 2 }).patch });
  await queue.idle();
  assert.equal(delayed, 2);
  assert.deepEqual(server.get("a")!["status"], { n: 2 });
});

test("the latest wish for an object is written, and those between are not", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  server.put("b");
  const { queue } = open(t, server);
  for (let n = 1; n <= 50; n++) queue.put(write("a", { n }));
  queue.put(write("b", { n: 1 }));
  await queue.idle();
  assert.deepEqual(server.get("a")!["status"], { n: 50 });
  assert.deepEqual(server.get("b")!["status"], { n: 1 });
  assert.equal(server.count(isPatch), 3, "the first, the last, and the other object");
});

test("an object that is gone is dropped without a word", async (t) => {
  const server = await ApiServer.start(t);
  const { queue, refused } = open(t, server);
  queue.put(write("gone", { n: 1 }));
  await queue.idle();
  assert.deepEqual(refused, []);
  assert.equal(server.count(isPatch), 1);
});

test("a server that fails is tried again until it works; a newer wish does not wait for that", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  const delays: number[] = [];
  const { queue } = open(t, server, { onDelayed: (_, error) => delays.push(error.code) });
  const codes = [500, 429, 503, 401, 403];
  server.intercept(isPatch, (_, answer) => sendStatus(answer, codes[delays.length]!, "X"), codes.length);
  queue.put(write("a", { n: 1 }));
  await queue.idle();
  assert.deepEqual(delays, codes);
  assert.deepEqual(server.get("a")!["status"], { n: 1 });

  const headers = { "retry-after": "200" };
  server.intercept(isPatch, (_, answer) => sendStatus(answer, 429, "X", headers), 1);
  queue.put(write("a", { n: 2 }));
  while (delays.length === codes.length) await new Promise(setImmediate);
  queue.put(write("a", { n: 3 }));
  await queue.idle();
  assert.deepEqual(server.get("a")!["status"], { n: 3 });
});

test("an object that cannot be written yet holds up no other", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  server.put("b");
  const { queue } = open(t, server, { concurrency: 1 });
  const headers = { "retry-after": "200" };
  server.intercept(
    ({ path }) => path.includes("/a/"),
    (_, answer) => sendStatus(answer, 403, "Forbidden", headers),
  );
  queue.put(write("a", { n: 1 }));
  queue.put(write("b", { n: 1 }));
  await server.until(() => server.get("b")!["status"] !== undefined);
  assert.equal(server.get("a")!["status"], undefined);
  queue.drop({ ...widgets, name: "a" });
  await queue.idle();
});

test("what the server will never take is reported, and the next wish is written", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  const { queue, refused } = open(t, server);
  server.intercept(isPatch, (_, answer) => sendStatus(answer, 422, "Invalid"), 1);
  queue.put(write("a", { n: 1 }));
  await queue.idle();
  assert.equal(refused[0]![1].reason, "Invalid");
  queue.put(write("a", { n: 2 }));
  await queue.idle();
  assert.deepEqual(server.get("a")!["status"], { n: 2 });
});

test("a wish that comes at the moment in which the one before is done is not lost", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  let wait = 0;
  const { queue } = open(t, server, {
    onRefused: () => {
      let left = wait;
      const count = (): void => {
        if (left-- > 0) queueMicrotask(count);
        else queue.put(write("a", { n: wait }));
      };
      count();
    },
  });
  for (; wait < 30; wait++) {
    server.intercept(isPatch, (_, answer) => sendStatus(answer, 422, "Invalid"), 1);
    queue.put(write("a", { n: -1 }));
    await queue.idle();
    await new Promise(setImmediate);
    await queue.idle();
    assert.deepEqual(server.get("a")!["status"], { n: wait });
  }
});

test("a few at a time; what is dropped or closed is not written", async (t) => {
  const server = await ApiServer.start(t);
  let [busy, most] = [0, 0];
  const held: (() => void)[] = [];
  server.intercept(isPatch, (asked, answer) => {
    most = Math.max(most, ++busy);
    held.push(() => {
      busy--;
      server.answer(asked, answer);
    });
  });
  for (let index = 0; index < 9; index++) server.put(`w${index}`);
  const { queue } = open(t, server, { concurrency: 3 });
  for (let index = 0; index < 9; index++) queue.put(write(`w${index}`, { n: 1 }));
  queue.drop({ ...widgets, name: "w8" });
  for (let served = 0; served < 6;) {
    await server.until(() => busy === 3);
    for (const serve of held.splice(0)) {
      serve();
      served++;
    }
  }
  await server.until(() => busy === 2);
  assert.equal(most, 3);
  queue.close();
  await queue.idle();
  assert.equal(server.get("w5")!["status"] === undefined, false);
  assert.equal(server.get("w8")!["status"], undefined);
  queue.put(write("w0", { n: 2 }));
  assert.equal(queue.size, 0);
});

test("server-side apply says who applies, and takes fields from others when told to", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  const { client } = open(t, server);
  const body = { apiVersion: "example.test/v1", kind: "Widget", metadata: { name: "a" }, status: { n: 1 } };
  await client.patchStatus(
    { ...widgets, name: "a" },
    { type: "apply", body, fieldManager: "gatewright", force: true },
  );
  const [{ query, headers }] = server.asked as [(typeof server.asked)[0]];
  assert.equal(query.toString(), "fieldManager=gatewright&force=true");
  assert.equal(headers["content-type"], "application/apply-patch+yaml");
  server.intercept(
    isPatch,
    (_, answer) => void answer.writeHead(409).end(JSON.stringify(statusOf(409, "Conflict"))),
  );
  await assert.rejects(
    client.patch({ ...widgets, name: "a" }, { type: "apply", body, fieldManager: "x", force: false }),
    { code: 409, reason: "Conflict" },
  );
  assert.equal(server.asked[1]!.query.has("force"), false);
});
