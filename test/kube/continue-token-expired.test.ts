// The server forgets the beginning of a list while its pages are read.
// kubernetes/kubernetes #67284; kubernetes-client/python #953; folio-pro/kdashboard #70; apache/apisix #7489;
// gardener/dashboard #3271
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed } from "./follow.ts";
import { ApiServer, isList, sendJson, sendStatus } from "./server.ts";

const isLaterPage = (asked: Parameters<typeof isList>[0]): boolean => asked.query.has("continue");

test("the list is begun anew: it shows one moment, and no object is lost or doubled", async (t) => {
  const server = await ApiServer.start(t);
  server.watchList = false;
  for (let index = 0; index < 9; index++) server.put(`w${index}`);
  server.intercept(
    isLaterPage,
    (_, answer) => {
      server.remove("w0");
      sendStatus(answer, 410, "Expired");
    },
    1,
  );
  const followed = new Followed(t, server, { limits: { page: 4 } });
  await followed.until(() => followed.batches.length === 1);
  assert.equal(followed.objects.size, 8);
  assert.equal(followed.changes.length, 8);
  assert.ok(
    server.asked.filter(isList).every(({ query }) => query.get("limit") === "4"),
    "always in pages",
  );
});

test("a list whose pages always expire fails, and is tried again with pauses", async (t) => {
  const server = await ApiServer.start(t);
  server.watchList = false;
  for (let index = 0; index < 9; index++) server.put(`w${index}`);
  server.intercept(isLaterPage, (_, answer) => sendStatus(answer, 410, "Expired"), 9);
  const followed = new Followed(t, server, { limits: { page: 4 } });
  await followed.until(() => followed.objects.size === 9);
  assert.equal(followed.cluster.state.lastError!.message, "scripted Expired");
});

test("a list without an end is given up", async (t) => {
  const server = await ApiServer.start(t);
  server.watchList = false;
  const metadata = { resourceVersion: "5", continue: "again" };
  server.intercept(isList, (_, answer) => sendJson(answer, { kind: "List", metadata, items: [] }));
  const followed = new Followed(t, server);
  await followed.until(() => followed.phase === "failing");
  assert.equal(followed.cluster.state.lastError!.message, "The list of widgets has no end");
});
