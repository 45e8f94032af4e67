// 429 and 503 with Retry-After, which clients ignore, or take for the end.
// kubernetes/client-go #222; kubernetes/kubernetes #26871, #100878; fabric8io/kubernetes-client #4974;
// defenseunicorns/kubernetes-fluent-client #979
import assert from "node:assert/strict";
import { test } from "node:test";
import { Recovery } from "../../src/kube/recovery.ts";
import { KubeError } from "../../src/kube/error.ts";
import { defaultWatchLimits } from "../../src/kube/watch-limits.ts";
import { Followed } from "./follow.ts";
import { ApiServer, eventLine, isWatch, sendStatus, statusOf } from "./server.ts";

const target = { group: "example.test", version: "v1", plural: "widgets", namespace: "default", name: "a" };

test("a request waits as long as it is told, and not longer than it can", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  const followed = new Followed(t, server, {
    requestLimits: { retryFirst: 1, retryMost: 2, retryAfter: 10 },
  });
  await followed.cluster.synced;
  const isGet = ({ method, path }: { method: string; path: string }): boolean =>
    method === "GET" && path.endsWith("/a");
  server.intercept(
    isGet,
    (_, answer) => sendStatus(answer, 429, "TooManyRequests", { "retry-after": "1" }),
    1,
  );
  await followed.client.get(target);
  const [first, second] = server.asked.filter(isGet).map(({ at }) => at);
  assert.ok(second! - first! >= 990, `${second! - first!} ms`);
  server.intercept(isGet, (_, answer) =>
    sendStatus(answer, 429, "TooManyRequests", { "retry-after": "3600" }),
  );
  await assert.rejects(followed.client.get(target), { code: 429, retryAfterSeconds: 3600 });
});

test("what is tried again, and what is not", async (t) => {
  const server = await ApiServer.start(t);
  const followed = new Followed(t, server, { requestLimits: { retryFirst: 1, retryMost: 2, tries: 3 } });
  const merge = { type: "merge", body: { spec: 1 } } as const;
  const json = { type: "json", body: [] } as const;
  const cases = [
    ["POST", 429, 3, () => followed.client.create(target, {})],
    ["POST", 503, 1, () => followed.client.create(target, {})],
    ["PATCH", 503, 3, () => followed.client.patch(target, merge)],
    ["PATCH", 503, 1, () => followed.client.patch(target, json)],
    ["DELETE", 500, 3, () => followed.client.delete(target)],
    ["GET", 500, 3, () => followed.client.get(target)],
    ["GET", 504, 1, () => followed.client.get(target)],
    ["GET", 404, 1, () => followed.client.get(target)],
  ] as const;
  await followed.cluster.synced;
  for (const [method, code, tries, act] of cases) {
    const is = (asked: { method: string; path: string }): boolean =>
      asked.method === method && asked.path.includes("/namespaces/default/widgets");
    const before = server.count(is);
    server.intercept(is, (_, answer) => sendStatus(answer, code, "X"), tries);
    await assert.rejects(act(), { code });
    assert.equal(server.count(is) - before, tries, `${method} ${code}`);
  }
});

for (const [code, how] of [
  [429, "answer"],
  [503, "answer"],
  [429, "event"],
] as const) {
  test(`a watch that gets ${code} as ${how} goes on where it was`, async (t) => {
    const server = await ApiServer.start(t);
    server.put("a");
    const followed = new Followed(t, server, { limits: { healthy: 60_000 } });
    await followed.until(() => followed.objects.size === 1);
    server.intercept(
      isWatch,
      (_, answer) => {
        if (how === "answer") sendStatus(answer, code, "TooManyRequests");
        else answer.end(eventLine("ERROR", statusOf(code, "TooManyRequests")));
      },
      2,
    );
    server.cutWatches();
    await server.until(() => server.watches.size === 0);
    server.put("b");
    await followed.until(() => followed.objects.size === 2);
    const [, ...later] = server.asked.filter(isWatch).map(({ query }) => query.get("resourceVersion"));
    assert.deepEqual(later, ["101", "101", "101"]);
  });
}

test("a list-watch waits as long as it is told, but not for ever", () => {
  for (const [retryAfterSeconds, least, most] of [
    [7, 7000, 7000],
    [10 ** 9, 300_000, 300_000],
    [undefined, 250, 500],
  ] as const) {
    const recovery = new Recovery(defaultWatchLimits);
    recovery.begin();
    const { pause } = recovery.after(new KubeError(429, "TooManyRequests", "", { retryAfterSeconds }));
    assert.ok(pause >= least && pause <= most, `${retryAfterSeconds}: ${pause}`);
  }
});
