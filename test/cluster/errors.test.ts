import assert from "node:assert/strict";
import { test } from "node:test";
import { errorLines } from "./errors.ts";

const log = `I1121 16:08:18.269030     554 shared_informer.go:409] "Caches are synced"
W1121 16:08:18.300000     554 reflector.go:1] "watch ended"
E1121 16:08:46.890233     557 node.go:121] "Timed out waiting for node to exist" node="node"
	a line that belongs to it
F1121 16:08:47.000000     557 server.go:1] "no way on"
time="2026-11-21T16:08:19Z" level=info msg="started workers"
time="2026-11-21T16:08:19Z" level=error msg="no lease"
panic: nil map
`;

test("errors of all kinds of logs are found, and nothing else", () => {
  const found = errorLines(log, false).map((line) => line.slice(0, 5));
  assert.deepEqual(found, ["E1121", "F1121", "time=", "panic"]);
});

test("a program that writes nothing when all is well has every line read", () => {
  assert.equal(errorLines(log, true).length, 8);
  assert.deepEqual(errorLines("\n", true), []);
});
