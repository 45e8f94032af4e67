import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseQuery } from "../match/query.ts";
import { editQuery } from "./query-edits.ts";

for (const [target, set, remove, expected] of [
  ["/p", [], [], "/p"],
  ["/p?", [], [], "/p?"],
  ["/p?a=1&b=2", [], ["a"], "/p?b=2"],
  ["/p?a=1&a=2", [], ["a"], "/p"],
  ["/p?%61=1&b", [], ["a"], "/p?b"],
  ["/p?a+b=1&a%20b=2&c", [], ["a b"], "/p?c"],
  ["/p?A=1", [], ["a"], "/p?A=1"],
  ["/p?ab=1&a", [], ["a"], "/p?ab=1"],
  ["/p", [["a", "1"]], [], "/p?a=1"],
  ["/p?a=0&b", [["a", "1"]], [], "/p?b&a=1"],
  [
    "/p",
    [
      ["a", "1"],
      ["a", "2"],
    ],
    [],
    "/p?a=2",
  ],
  ["/p?a=1", [["a", "2"]], ["a"], "/p"],
  ["/p", [["a=b&c", "d=e&f"]], [], "/p?a%3Db%26c=d=e%26f"],
  ["/p", [["a", " #\r\n\u00e9%20"]], [], "/p?a=%20%23%0D%0A%C3%A9%20"],
] as const) {
  test(`${target}, set ${JSON.stringify(set)}, without ${JSON.stringify(remove)}`, () => {
    assert.equal(editQuery(target, set, remove), expected);
  });
}

test("a name that is removed is not found any more, however it was written; others stay", () => {
  const name = fc.constantFrom("user", "a b", "\u00e9", "x");
  const written = fc.tuple(name, fc.boolean()).map(([text, escaped]) => {
    if (!escaped) return encodeURIComponent(text);
    return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  });
  fc.assert(
    fc.property(fc.array(written), name, (names, removed) => {
      const target = `/p?${names.map((text, i) => `${text}=${i}`).join("&")}`;
      const left = parseQuery(editQuery(target, [], [removed]));
      const before = new Map(parseQuery(target));
      before.delete(removed);
      assert.deepEqual(
        [...left],
        [...before].filter(([text]) => text !== ""),
      );
    }),
  );
});
