// A token ends while we run; all kinds notice at once.
// kubernetes-client/javascript #228; fabric8io/kubernetes-client #2612, #3998; kubernetes/client-go #1381;
// kubernetes-sigs/headlamp #7482
import assert from "node:assert/strict";
import { test } from "node:test";
import { connectTo } from "../../src/kube/connect.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { Followed, widget } from "./follow.ts";
import { ApiServer, isWatch, sendStatus } from "./server.ts";

/** Accepts one token at a time. */
function demand(server: ApiServer, token: () => string): void {
  server.intercept(
    ({ headers }) => headers.authorization !== `Bearer ${token()}`,
    (_, answer) => sendStatus(answer, 401, "Unauthorized"),
  );
}

test("after a 401 the credentials are renewed once for all kinds, and nobody notices", async (t) => {
  const server = await ApiServer.start(t);
  const plurals = ["widgets", "gadgets", "gizmos", "gears", "gates"];
  for (const plural of plurals) server.kinds.set(plural, plural);
  let valid = "one";
  let renewals = 0;
  demand(server, () => valid);
  const credentials = async (renew: boolean): Promise<{ authorization: string }> => {
    if (renew) renewals++;
    return { authorization: `Bearer ${renew ? valid : "one"}` };
  };
  const kinds = plurals.map((plural) => ({ ...widget, plural, kind: plural }));
  const followed = new Followed(t, server, { kinds, connection: { credentials } });
  await server.until(() => server.watches.size === plurals.length);
  valid = "two";
  server.cutWatches();
  server.put("late");
  await followed.until(() => followed.objects.size === 1);
  await server.until(() => server.watches.size === plurals.length);
  assert.equal(renewals, 1);
  const phases = followed.states.flatMap(({ kinds }) => [...kinds.values()].map(({ phase }) => phase));
  assert.equal(phases.includes("unauthorized"), false);
  assert.ok(server.asked.filter(isWatch).some(({ query }) => query.has("resourceVersion")));
  assert.equal(
    server.count(({ query }) => query.has("sendInitialEvents")),
    plurals.length,
    "nothing read anew",
  );
});

test("credentials that stay refused are said, and not renewed in a tight loop", async (t) => {
  const server = await ApiServer.start(t);
  let renewals = 0;
  demand(server, () => "other");
  const credentials = async (renew: boolean): Promise<{ authorization: string }> => {
    if (renew) renewals++;
    return { authorization: "Bearer one" };
  };
  const followed = new Followed(t, server, { connection: { credentials } });
  await followed.until(() => followed.phase === "unauthorized");
  await server.until(() => server.asked.length > 10);
  assert.equal(renewals, 1);
  assert.equal(followed.cluster.state.lastError!.message, "scripted Unauthorized");
});

test("credentials that cannot be had: the user is told why, and it is tried again", async (t) => {
  const server = await ApiServer.start(t);
  let works = false;
  const followed = new Followed(t, server, {
    connection: {
      credentials: () => (works ? Promise.resolve({}) : Promise.reject(new Error("log in first"))),
    },
  });
  await followed.until(() => followed.phase === "unauthorized");
  assert.equal(followed.cluster.state.lastError!.message, "log in first");
  works = true;
  await followed.until(() => followed.batches.length === 1);
});

test("a refused write is sent again with the new token", async (t) => {
  const server = await ApiServer.start(t);
  server.put("a");
  demand(server, () => "two");
  const client = new KubeClient({
    ...connectTo({ server: server.url }),
    credentials: async (renew) => ({ authorization: `Bearer ${renew ? "two" : "one"}` }),
  });
  t.after(() => client.close());
  const target = { ...server.get("a")!.metadata, group: "example.test", version: "v1", plural: "widgets" };
  await client.patch(target, { type: "merge", body: { spec: 5 } });
  assert.equal(server.get("a")!["spec"], 5);
});
