// Events that did not exist when the client was written, and errors that nobody foresaw.
// The class of kubernetes-client/javascript #301: every error but 410 ended the loop.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed } from "./follow.ts";
import { ApiServer, eventLine, isWatch, statusOf } from "./server.ts";

test("an event of an unknown type is passed over", async (t) => {
  const server = await ApiServer.start(t);
  const followed = new Followed(t, server);
  await followed.until(() => followed.phase === "watching");
  const [watch] = server.watches;
  watch!.answer.write(eventLine("COMPACTED", { anything: true }));
  server.put("a");
  await followed.until(() => followed.objects.size === 1);
  assert.equal(server.count(isWatch), 1);
});

for (const [what, object] of [
  ["an unknown reason", statusOf(418, "Teapot")],
  ["an internal error", statusOf(500, "InternalError")],
  ["no Status at all", {}],
  ["a Status of nonsense", { kind: "Status", code: "x", message: 5, details: [] }],
] as const) {
  test(`an ERROR event with ${what}: the watch goes on where it was`, async (t) => {
    const server = await ApiServer.start(t);
    server.put("a");
    const followed = new Followed(t, server);
    await followed.until(() => followed.objects.size === 1);
    const [watch] = server.watches;
    server.watches.clear();
    server.put("b");
    watch!.answer.write(eventLine("ERROR", object));
    await followed.until(() => followed.objects.size === 2);
    assert.equal(server.asked.filter(isWatch)[1]!.query.get("resourceVersion"), "101");
    assert.ok(followed.cluster.state.lastError);
  });
}
