import assert from "node:assert/strict";
import { test } from "node:test";
import { splitDocuments } from "./documents.ts";

function split(text: string): [number, string][] {
  return splitDocuments(text).map((document) => [document.line, document.text]);
}

test("Documents begin at markers and know their line", () => {
  assert.deepEqual(split("a: 1\n---\nb: 2\n--- # c\nd: 3\n"), [
    [0, "a: 1\n"],
    [1, "---\nb: 2\n"],
    [3, "--- # c\nd: 3\n"],
  ]);
  assert.deepEqual(split("---\r\na: 1\r\n---\r\nb: 2"), [
    [0, "---\r\na: 1\r\n"],
    [2, "---\r\nb: 2"],
  ]);
  assert.deepEqual(split("--- {a: 1}\n---\t{b: 2}"), [
    [0, "--- {a: 1}\n"],
    [1, "---\t{b: 2}"],
  ]);
});

test("Documents end at ... too", () => {
  assert.deepEqual(split("a: 1\n...\n# between\nb: 2\n...\n"), [
    [0, "a: 1\n"],
    [2, "# between\nb: 2\n"],
  ]);
});

test("What only looks like a marker is none", () => {
  for (const text of ["a: |\n  ---\n  b\n", "---a: 1\n", "a: ---\n", "- ---\n", "--\n", "....\n"]) {
    assert.deepEqual(split(text), [[0, text]], text);
  }
});

test("Comments, blank lines and directives alone are no document", () => {
  for (const text of ["", "\n\n", "# a\n  # b\n", "---\n# a\n---\n", "%YAML 1.2\n---\n", "\t \r\n"]) {
    assert.deepEqual(split(text), [], JSON.stringify(text));
  }
  assert.deepEqual(split("%YAML 1.2\n---\na: 1\n"), [[1, "---\na: 1\n"]]);
});

test("A second apiVersion begins an object whose marker was forgotten", () => {
  const text = "apiVersion: a\nkind: A\n\n# next\napiVersion: b\nkind: B\n---\napiVersion: c\n";
  assert.deepEqual(
    splitDocuments(text).map(({ line, unseparated }) => [line, unseparated]),
    [
      [0, false],
      [4, true],
      [6, false],
    ],
  );
  assert.equal(split("kind: List\nitems:\n- apiVersion: a\n- apiVersion: b\n").length, 1);
});
