// Servers that take a watch-list for an ordinary watch never say that the objects were all.
// kubernetes/kubernetes #122805; alvaroaleman/static-kas #43; cozystack/cozystack #2786
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed, widget } from "./follow.ts";
import { ApiServer, bookmarkLine, eventLine, isList, sendStatus } from "./server.ts";

const isWatchList = (asked: Parameters<typeof isList>[0]): boolean => asked.query.has("sendInitialEvents");

for (const [what, line] of [
  ["nothing", ""],
  ["a bookmark without the annotation", bookmarkLine(50)],
] as const) {
  test(`objects and then ${what}: they are listed, and the other kinds at once`, async (t) => {
    const server = await ApiServer.start(t);
    server.kinds.set("gadgets", "Gadget");
    const object = server.put("a");
    server.intercept(isWatchList, (_, answer) => void answer.write(eventLine("ADDED", object) + line));
    const followed = new Followed(t, server, { limits: { initialQuiet: 40 } });
    await followed.until(() => followed.phase === "watching");
    assert.deepEqual(followed.names, ["a"]);
    assert.equal(server.count(isWatchList), 1);
    assert.equal(server.count(isList), 1);
    server.oldest = ++server.revision;
    server.cutWatches();
    await server.until(() => server.count(isList) === 2);
    assert.equal(server.count(isWatchList), 1, "it is remembered");
  });
}

test("a watch-list that breaks off half-way tells nothing, and is begun anew", async (t) => {
  const server = await ApiServer.start(t);
  const object = server.put("a");
  server.put("b");
  server.intercept(
    isWatchList,
    (_, answer) => {
      answer.write(eventLine("ADDED", object));
      setImmediate(() => answer.socket?.resetAndDestroy());
    },
    2,
  );
  const followed = new Followed(t, server);
  await followed.until(() => followed.batches.length === 1);
  assert.deepEqual(followed.names, ["a", "b"]);
  assert.equal(server.count(isList), 0);
});

test("an object that is deleted while the objects are sent is not among them", async (t) => {
  const server = await ApiServer.start(t);
  const [a, b] = [server.put("a"), server.put("b")];
  server.intercept(isWatchList, (_, answer) => {
    answer.write(eventLine("ADDED", a) + eventLine("ADDED", b) + eventLine("DELETED", a));
    answer.write(bookmarkLine(server.revision, true));
  });
  const followed = new Followed(t, server);
  await followed.until(() => followed.batches.length === 1);
  assert.deepEqual(followed.names, ["b"]);
});

test("a refusal that has nothing to do with it is no reason to do without", async (t) => {
  const server = await ApiServer.start(t);
  server.intercept(isWatchList, (_, answer) => sendStatus(answer, 500, "InternalError"), 2);
  const followed = new Followed(t, server, { kinds: [widget] });
  await followed.until(() => followed.batches.length === 1);
  assert.equal(server.count(isWatchList), 3);
  assert.equal(server.count(isList), 0);
});
