import assert from "node:assert/strict";
import { test } from "node:test";
import { readOptions } from "./options.ts";

test("without arguments: everything, once, with a cluster that goes", () => {
  assert.deepEqual(readOptions([]), {
    mode: "kubernetes",
    runs: 1,
    only: [],
    profiles: [],
    keep: false,
    down: false,
    record: false,
  });
});

test("single tests keep the cluster", () => {
  const { only, keep } = readOptions(["--only", "A,B", "--only", "C"]);
  assert.deepEqual([only, keep], [["A", "B", "C"], true]);
});

const wrong: readonly [readonly string[], RegExp][] = [
  [["--mode", "other"], /--mode other: kubernetes or embedded/],
  [["--runs", "0"], /--runs 0: a whole number above 0/],
  [["--runs", "x"], /--runs x/],
  [["--profile", "HTTP"], /--profile HTTP: one of GATEWAY-HTTP, /],
  [["--only", "A|.*"], /--only A\|\.\*: the name of a test/],
  [["--record", "--only", "A"], /--record is about whole runs/],
  [["--recrod"], /--recrod/],
];
for (const [words, message] of wrong) {
  test(`${words.join(" ")} is refused`, () => assert.throws(() => readOptions(words), message));
}
