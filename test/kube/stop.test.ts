// What is stopped goes on: requests that are never ended, events after the end, a process that does not exit.
// kubernetes-client/javascript #402, #604, #956; fabric8io/kubernetes-client #373, #4794
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { Followed } from "./follow.ts";
import { ApiServer, isList, isWatch, sendStatus } from "./server.ts";

for (const [what, prepare, ready] of [
  ["while watching", () => undefined, (f: Followed) => f.phase === "watching"],
  [
    "while waiting for an answer",
    (server: ApiServer) => server.intercept(isWatch, () => undefined),
    (_: Followed, server: ApiServer) => server.count(isWatch) === 1,
  ],
  [
    "while waiting to try again",
    (server: ApiServer) => {
      server.intercept(isWatch, (_, answer) => sendStatus(answer, 500, "X", { "retry-after": "200" }));
    },
    (f: Followed) => f.phase === "failing",
  ],
  [
    "in the middle of a list",
    (server: ApiServer) => {
      server.watchList = false;
      server.intercept(isList, (_, answer) => void answer.writeHead(200).write("{"));
    },
    (_: Followed, server: ApiServer) => server.count(isList) === 1,
  ],
  [
    "while discovering",
    (server: ApiServer) =>
      server.intercept(
        ({ path }) => path === "/apis",
        () => undefined,
      ),
    (_: Followed, server: ApiServer) => server.asked.length === 1,
  ],
  ["before anything has happened", () => undefined, () => true],
] as const) {
  test(`${what}: everything ends at once, and nothing is told any more`, async (t) => {
    const server = await ApiServer.start(t);
    prepare(server);
    const followed = new Followed(t, server);
    while (!ready(followed, server)) {
      await Promise.race([
        followed.until(() => ready(followed, server)),
        server.until(() => ready(followed, server)),
      ]);
    }
    const synced = followed.cluster.synced.then(
      () => "synced",
      (error: unknown) => (error as { reason: string }).reason,
    );
    const { length } = followed.batches;
    const started = performance.now();
    await followed.close();
    assert.ok(performance.now() - started < 1000);
    server.put("late");
    await server.until(() => server.sockets.size === 0);
    assert.equal(followed.batches.length, length);
    assert.ok(["synced", "Stopped"].includes(await synced));
    assert.equal(followed.phase, "stopped");
    const asked = server.asked.length;
    await new Promise(setImmediate);
    assert.equal(server.asked.length, asked);
    await assert.rejects(followed.client.get({ group: "", version: "v1", plural: "pods", name: "a" }), {
      reason: "Stopped",
    });
  });
}

test("while somebody logs in", async (t) => {
  const server = await ApiServer.start(t);
  let asked = 0;
  const never = new Promise<never>(() => undefined);
  const credentials = (): Promise<never> => (asked++, never);
  const followed = new Followed(t, server, { connection: { credentials } });
  await new Promise(setImmediate);
  assert.equal(asked, 1);
  await followed.close();
});

test("a process that has closed everything exits by itself", async () => {
  const script = fileURLToPath(new URL("exit.ts", import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.on("exit", resolve));
  assert.equal(code, 0);
  assert.equal(output, "followed 3\nclosed\n");
});
