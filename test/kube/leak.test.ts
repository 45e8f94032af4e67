// Every reconnection leaves something behind: a connection, a listener, a timer.
// kubernetes-client/javascript #494, #660; elastic/beats #35439; kubernetes/kubernetes #102874
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { KubeClient } from "../../src/kube/client.ts";
import { connectTo } from "../../src/kube/connect.ts";
import { Scope } from "../../src/kube/scope.ts";
import { certificates } from "./certificates.ts";
import { Followed } from "./follow.ts";
import { ApiServer, isWatch } from "./server.ts";

test("two hundred reconnections leave as many connections, timers and warnings as one", async (t) => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on("warning", note);
  t.after(() => process.off("warning", note));
  const server = await ApiServer.start(t);
  const followed = new Followed(t, server, { limits: { retryFirst: 1, retryMost: 1 } });
  await followed.until(() => followed.phase === "watching");
  const resources = (): number => process.getActiveResourcesInfo().length;
  let early = 0;
  for (let index = 0; index < 200; index++) {
    const asked = server.count(isWatch);
    if (index % 2 === 0) server.cutWatches();
    else server.endWatches();
    await server.until(() => server.count(isWatch) > asked && server.watches.size === 1);
    if (index === 10) early = resources();
  }
  await server.until(() => server.sockets.size <= 2);
  assert.ok(resources() <= early + 3, `${early} before, ${resources()} after`);
  assert.deepEqual(warnings, []);
  assert.equal(followed.batches.length, 1);
});

test("requests that wait for one another's connections leave no listener on them", async (t) => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on("warning", note);
  t.after(() => process.off("warning", note));
  const { ca, server: tls } = certificates();
  const server = await ApiServer.start(t, tls);
  const { metadata } = server.put("a");
  const client = new KubeClient(connectTo({ server: server.url, ca }));
  t.after(() => client.close());
  const target = { group: "example.test", version: "v1", plural: "widgets", ...metadata };
  await Promise.all(Array.from({ length: 300 }, () => client.get(target)));
  await new Promise(setImmediate);
  assert.ok(server.sockets.size > 1 && server.sockets.size <= 16, `${server.sockets.size} connections`);
  assert.deepEqual(warnings, []);
});

test("a scope leaves no listener on what it listened to", () => {
  const { signal } = new AbortController();
  const [closed, ended] = [new Scope([signal, undefined]), new AbortController()];
  assert.equal(getEventListeners(signal, "abort").length, 1);
  closed.close();
  assert.equal(getEventListeners(signal, "abort").length, 0);
  const other = new Scope([signal, ended.signal]);
  ended.abort();
  assert.equal(other.signal.aborted, true);
  assert.equal(other.reason.reason, "Stopped");
  assert.equal(getEventListeners(signal, "abort").length, 0);
});
