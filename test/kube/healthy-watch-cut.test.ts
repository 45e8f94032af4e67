// A timeout that counts from the beginning of a watch cuts healthy ones.
// kubernetes-client/javascript #3020 (2.0.0); doriordan/skuber #144
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed } from "./follow.ts";
import { ApiServer, isWatch } from "./server.ts";

test("a watch that brings bookmarks only is left alone", async (t) => {
  const server = await ApiServer.start(t);
  const quiet = 800;
  const followed = new Followed(t, server, {
    limits: { quiet },
    requestLimits: { connect: quiet, head: quiet, whole: quiet },
  });
  await followed.until(() => followed.phase === "watching");
  const started = performance.now();
  await new Promise<void>((resolve) => {
    const talk = setInterval(() => {
      server.bookmark();
      if (performance.now() - started < 2.5 * quiet) return;
      clearInterval(talk);
      resolve();
    }, quiet / 20);
  });
  server.put("a");
  await followed.until(() => followed.objects.size === 1);
  assert.equal(server.count(isWatch), 1);
});
