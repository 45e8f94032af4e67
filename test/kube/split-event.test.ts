// Events do not end where chunks end, and neither do characters.
// kubernetes-client/python #1325, #2087, #2100; kubernetes-client/ruby #40; kontena/k8s-client #64
import assert from "node:assert/strict";
import { test } from "node:test";
import { Followed } from "./follow.ts";
import { ApiServer, bookmarkLine, eventLine } from "./server.ts";

test("a stream that comes byte by byte", async (t) => {
  const server = await ApiServer.start(t);
  const object = server.put("a", { spec: { text: "zwölf Größen, 网关, 🚪\\n\u2028" } });
  server.intercept(
    ({ query }) => query.has("sendInitialEvents"),
    (_, answer) => {
      const bytes = Buffer.from(`${eventLine("ADDED", object)}\r\n${bookmarkLine(server.revision, true)}`);
      const write = (at: number): void => {
        if (at === bytes.length) return;
        answer.write(bytes.subarray(at, at + 1));
        setImmediate(() => write(at + 1));
      };
      write(0);
    },
    1,
  );
  const followed = new Followed(t, server);
  await followed.until(() => followed.batches.length === 1);
  assert.deepEqual([...followed.objects.values()], [object]);
});
