// A connection whose other side is gone looks like one on which nothing happens.
// kubernetes-client/javascript #958, #596, #364; fabric8io/kubernetes-client #4340, #4781; kubernetes-client/csharp #884;
// defenseunicorns/kubernetes-fluent-client #364; fluent/fluent-bit #12019
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed } from "./follow.ts";
import { ApiServer, isList, isWatch } from "./server.ts";

test("a watch that falls silent is begun again where it was, without a new list", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  const followed = new Followed(t, server, { limits: { quiet: 60, healthy: 20 } });
  await followed.until(() => followed.objects.size === 1);
  // The server goes on without us: what it writes gets lost on the way.
  const [lost] = server.watches;
  server.watches.clear();
  const { revision } = server;
  server.put("missed");
  await followed.until(() => followed.objects.size === 2);
  const [first, second] = server.asked.filter(isWatch);
  assert.equal(first!.query.get("sendInitialEvents"), "true");
  assert.equal(second!.query.get("resourceVersion"), String(revision), "resumed, not read anew");
  assert.equal(server.count(isList), 0);
  assert.ok(lost!.answer.socket === null || lost!.answer.socket.destroyed, "the old connection is closed");
});

test("a server that does not end a watch in time has it ended", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  const followed = new Followed(t, server, { limits: { lifetime: 20, grace: 20 } });
  // Talkative, so that it is never silent.
  const talk = setInterval(() => server.bookmark(), 5);
  t.after(() => clearInterval(talk));
  await server.until(() => server.count(isWatch) === 3);
  assert.equal(server.asked.find(isWatch)!.query.get("timeoutSeconds"), "1", "the server is asked to end it");
  assert.equal(followed.changes.length, 1, "nothing came twice");
});
