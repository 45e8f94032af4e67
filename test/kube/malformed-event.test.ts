// Garbage in a watch: an exception that nobody catches, or a watch that is over for good.
// kubernetes-client/javascript #249; kubernetes-client/python #972, #2087
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed } from "./follow.ts";
import { ApiServer, eventLine, isWatch } from "./server.ts";

const isResumed = (asked: Parameters<typeof isWatch>[0]): boolean => asked.query.has("resourceVersion");

const garbage: readonly (readonly [string, string, RegExp])[] = [
  ["no JSON", "<html>502</html>\n", /^An event is not JSON/],
  ["no event", '["ADDED"]\n', /^An event has no type or no object/],
  ["no object", '{"type":"ADDED","object":null}\n', /^An event has no type or no object/],
  ["no type", '{"object":{"metadata":{"name":"x"}}}\n', /^An event has no type or no object/],
  [
    "no name",
    eventLine("MODIFIED", { metadata: { resourceVersion: "1000" } }),
    /^The object of an event has no name/,
  ],
  [
    "a name that is no text",
    eventLine("ADDED", { metadata: { name: {} } }),
    /^The object of an event has no name/,
  ],
  ["a bookmark without a version", eventLine("BOOKMARK", { metadata: {} }), /^A bookmark has no version/],
  ["deep JSON", `${"[".repeat(200_000)}\n`, /^An event is not JSON/],
];

for (const [what, line, message] of garbage) {
  test(`${what}: it is said, and the watch goes on where it was`, async (t) => {
    const server = await ApiServer.start(t);
    server.put("a");
    const followed = new Followed(t, server);
    await followed.until(() => followed.objects.size === 1);
    const [watch] = server.watches;
    watch!.answer.write(line);
    server.put("b");
    await followed.until(() => followed.objects.size === 2);
    assert.match(followed.cluster.state.lastError!.message, message);
    assert.equal(server.asked.filter(isWatch)[1]!.query.get("resourceVersion"), "101");
    assert.equal(followed.changes.length, 2);
  });
}

test("a connection that is closed in the middle of an event: nothing is taken, nothing is lost", async (t) => {
  const server = await ApiServer.start(t);
  const followed = new Followed(t, server);
  await followed.until(() => followed.phase === "watching");
  const [watch] = server.watches;
  server.watches.clear();
  const object = server.put("a");
  watch!.answer.end(eventLine("ADDED", object).slice(0, 40));
  await followed.until(() => followed.objects.size === 1);
  assert.deepEqual(followed.objects.get("Widget/default/a"), object);
});

test("the same garbage again and again: everything is read anew", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  const followed = new Followed(t, server, { limits: { healthy: 60_000 } });
  await followed.until(() => followed.objects.size === 1);
  server.intercept(isResumed, (_, answer) => void answer.write("garbage\n"), 3);
  server.cutWatches();
  await server.until(() => server.watches.size === 0);
  server.put("b");
  await followed.until(() => followed.objects.size === 2);
  assert.equal(
    server.count(({ query }) => query.has("sendInitialEvents")),
    2,
  );
});

test("names of members that programs trip over are data", async (t) => {
  const server = await ApiServer.start(t);
  const followed = new Followed(t, server);
  await followed.until(() => followed.phase === "watching");
  const [watch] = server.watches;
  watch!.answer.write(
    '{"type":"ADDED","object":{"__proto__":{"polluted":1},"metadata":{"name":"__proto__","namespace":"constructor","resourceVersion":"200"}}}\n',
  );
  await followed.until(() => followed.objects.size === 1);
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  assert.ok(followed.cluster.cache("Widget").get("constructor", "__proto__"));
  assert.equal(followed.cluster.cache("Widget").get("toString", "__proto__"), undefined);
});
