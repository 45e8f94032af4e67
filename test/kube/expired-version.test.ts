// 410: the server has forgotten the version that a watch wants to go on from.
// kube-rs/kube #1615; dotnet/dotnet-operator-sdk #724; kubernetes/minikube #2585; kubernetes-sigs/controller-runtime #379
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed } from "./follow.ts";
import { ApiServer, eventLine, isWatch, sendStatus, statusOf } from "./server.ts";

const isResumed = (asked: Parameters<typeof isWatch>[0]): boolean => asked.query.has("resourceVersion");

for (const reason of ["Expired", "Gone"]) {
  for (const how of ["answer", "event"] as const) {
    test(`${reason} as ${how}: all is read anew, what is the same is not told again`, async (t) => {
      const server = await ApiServer.start(t);
      server.put("same");
      server.put("changed", { spec: 1 });
      server.put("deleted");
      const followed = new Followed(t, server);
      await followed.until(() => followed.objects.size === 3);
      server.intercept(
        isResumed,
        (_, answer) => {
          if (how === "answer") sendStatus(answer, 410, reason);
          else answer.end(eventLine("ERROR", statusOf(410, reason)));
        },
        1,
      );
      server.watches.clear();
      for (const socket of server.sockets) socket.resetAndDestroy();
      server.put("changed", { spec: 2 });
      server.remove("deleted");
      server.put("new");
      await followed.until(() => followed.names.includes("new"));
      assert.deepEqual(followed.names, ["changed", "new", "same"]);
      assert.deepEqual(
        followed.changes.slice(3).map(({ key }) => key.split("/")[2]),
        ["changed", "new", "deleted"],
      );
    });
  }
}

test("a server that expires every version is not asked in a tight loop", async (t) => {
  const server = await ApiServer.start(t);
  server.intercept(isWatch, (_, answer) => answer.end(eventLine("ERROR", statusOf(410, "Expired"))));
  new Followed(t, server, { limits: { retryFirst: 20, retryMost: 80, healthy: 60_000 } });
  await server.until(() => server.count(isWatch) === 6);
  const times = server.asked.filter(isWatch).map(({ at }) => at);
  assert.ok(times[5]! - times[0]! >= 110, `${times[5]! - times[0]!} ms`);
});
