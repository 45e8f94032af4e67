import assert from "node:assert/strict";
import { test } from "node:test";
import type { Problem } from "../source/source.ts";
import { ProblemBook } from "./problem-book.ts";

function problem(line: number, message: string): Problem {
  return { file: "a.yaml", line, column: 1, message, excerpt: "", keptLastGood: false, severity: "error" };
}

test("only news is told", () => {
  const book = new ProblemBook();
  const fault = { object: "Service/shop/api", message: "no port 80" };
  assert.deepEqual(
    book.update([problem(1, "x")], [fault])?.problems.map(({ text }) => text),
    ["a.yaml:1:1: x", "Service shop/api: no port 80"],
  );
  // A line above has been added: the problem moves, and is none the newer.
  assert.equal(book.update([problem(2, "x")], [fault]), undefined);
  assert.equal(book.problems[0]?.line, 2);
  const event = book.update([problem(2, "y")], [fault]);
  assert.deepEqual(
    [event?.problems.map(({ message }) => message), event?.fixed.map(({ message }) => message)],
    [["y"], ["x"]],
  );
  assert.equal(book.update([], [])?.fixed.length, 2);
});
