// The server was restored from a backup, or is behind the one before: versions that it does not have.
// vllm-project/production-stack #999; kubernetes/kubernetes #91073, #94315, #107133 ("Too large resource version")
import assert from "node:assert/strict";
import { test } from "node:test";
import { compareVersions } from "../../src/kube/object.ts";
import { Followed } from "./follow.ts";
import { ApiServer, eventLine, isWatch, sendJson, statusOf } from "./server.ts";

const isResumed = (asked: Parameters<typeof isWatch>[0]): boolean => asked.query.has("resourceVersion");

for (const [how, more] of [
  ["as a cause", { details: { causes: [{ reason: "ResourceVersionTooLarge" }], retryAfterSeconds: 0 } }],
  ["in the message, as of old servers", { message: "Timeout: Too large resource version: 101, current: 9" }],
] as const) {
  test(`a version from the future, said ${how}, three times: everything is read anew`, async (t) => {
    const server = await ApiServer.start(t);
    server.put("gone");
    const followed = new Followed(t, server, { limits: { healthy: 60_000 } });
    await followed.until(() => followed.objects.size === 1);
    server.intercept(isResumed, (_, answer) => sendJson(answer, statusOf(504, "Timeout", more), 504));
    server.remove("gone");
    await followed.until(() => followed.objects.size === 0);
    server.revision = 10;
    server.put("old");
    server.cutWatches();
    await followed.until(() => followed.names.includes("old"));
    assert.deepEqual(followed.names, ["old"]);
    assert.equal(server.count(isResumed), 3);
  });
}

for (const type of ["MODIFIED", "BOOKMARK"]) {
  test(`${type} with a version from before: what we know is compared with what is there`, async (t) => {
    const server = await ApiServer.start(t);
    server.put("a");
    server.put("b");
    const followed = new Followed(t, server);
    await followed.until(() => followed.objects.size === 2);
    const [watch] = server.watches;
    server.watches.clear();
    server.remove("b");
    const metadata = { name: "x", namespace: "default", resourceVersion: "7" };
    watch!.answer.write(eventLine(type, { metadata }));
    await followed.until(() => followed.objects.size === 1);
    assert.deepEqual(followed.names, ["a"]);
    assert.match(followed.cluster.state.lastError!.message, /^The server went back from 102 to 7$/);
  });
}

test("a deletion with the old version of its object, as old servers send it, is a deletion", async (t) => {
  const server = await ApiServer.start(t);
  const object = server.put("a");
  server.put("b");
  const followed = new Followed(t, server);
  await followed.until(() => followed.objects.size === 2);
  const [watch] = server.watches;
  watch!.answer.write(eventLine("DELETED", object));
  await followed.until(() => followed.objects.size === 1);
  assert.equal(server.count(isWatch), 1);
});

test("versions are compared as numbers of any size, or not at all", () => {
  const big = "9".repeat(30);
  const cases = [
    ["9", "10", -1],
    ["10", "9", 1],
    ["10", "10", 0],
    [big, `1${big}`, -1],
    ["abc", "10", undefined],
    ["010", "9", undefined],
    ["", "9", undefined],
  ] as const;
  for (const [a, b, expected] of cases) {
    const result = compareVersions(a, b);
    assert.equal(result === undefined ? undefined : Math.sign(result), expected, `${a} ${b}`);
  }
});
