// Everything is asked at once, again and again, when a server comes back.
// kubernetes-client/javascript #1933; kubernetes/kubernetes #87794, #79805; defenseunicorns/kubernetes-fluent-client #979
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed, widget } from "./follow.ts";
import { ApiServer, isList, isWatch, sendStatus } from "./server.ts";

const names = Array.from({ length: 16 }, (_, index) => `${String.fromCharCode(97 + index)}things`);

test("of many kinds only a few are read at the same time", async (t) => {
  const server = await ApiServer.start(t);
  server.watchList = false;
  for (const name of names) server.kinds.set(name, `Kind-${name}`);
  const held: (() => void)[] = [];
  server.intercept(isList, (asked, answer) => void held.push(() => server.answer(asked, answer)));
  const kinds = names.map((plural) => ({ ...widget, plural, kind: `Kind-${plural}` }));
  const followed = new Followed(t, server, { kinds });
  for (let served = 0; served < names.length; served += 4) {
    await server.until(() => held.length >= 4);
    // Whoever would come as well has time to do so.
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
    assert.equal(held.length, 4);
    for (const serve of held.splice(0)) serve();
  }
  await followed.cluster.synced;
  assert.equal(server.count(isList), names.length);
  assert.equal(
    server.count(({ path }) => path === "/apis"),
    1,
    "one question for all kinds",
  );
});

test("after every restart of the server each kind has one watch, and none is read anew", async (t) => {
  const server = await ApiServer.start(t);
  for (const name of names) server.kinds.set(name, `Kind-${name}`);
  const kinds = names.map((plural) => ({ ...widget, plural, kind: `Kind-${plural}` }));
  const followed = new Followed(t, server, { kinds });
  await server.until(() => server.watches.size === names.length);
  for (let restart = 1; restart <= 3; restart++) {
    server.stop();
    await server.until(() => server.watches.size === 0);
    await server.listen();
    await server.until(() => server.watches.size === names.length);
    assert.equal(server.count(isWatch), names.length * (restart + 1));
  }
  const resumed = server.asked.filter(isWatch).slice(names.length);
  assert.ok(resumed.every(({ query }) => query.has("resourceVersion")));
  assert.equal(server.count(isList), 0);
  assert.equal(followed.batches.length, 1);
});

test("a server that fails is asked less and less often", async (t) => {
  const server = await ApiServer.start(t);
  server.intercept(isWatch, (_, answer) => sendStatus(answer, 500, "InternalError"));
  server.intercept(isList, (_, answer) => sendStatus(answer, 500, "InternalError"));
  new Followed(t, server, { limits: { retryFirst: 20, retryMost: 80 } });
  await server.until(() => server.count(isWatch) === 6);
  const times = server.asked.filter(isWatch).map(({ at }) => at);
  // At least half of 20, 40, 80, 80, 80.
  assert.ok(times[5]! - times[0]! >= 150, `${times[5]! - times[0]!} ms`);
});
