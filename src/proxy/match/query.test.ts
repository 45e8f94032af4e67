import assert from "node:assert/strict";
import { test } from "node:test";
import { parseQuery } from "./query.ts";

test("parameters are decoded, and the first of a name counts", () => {
  const rows: [string, Record<string, string>][] = [
    ["/a", {}],
    ["/a?", {}],
    ["/a?b=1&c=2", { b: "1", c: "2" }],
    ["/a?b=1&b=2", { b: "1" }],
    ["/a?b&c=&=d", { b: "", c: "", "": "d" }],
    ["/a?b=c=d&&e=f", { b: "c=d", e: "f" }],
    ["/a?b+c=d+e%20f%2Bg", { "b c": "d e f+g" }],
    ["/a?%62=%C3%A9&c=Ã©", { b: "é", c: "é" }],
    ["/a?b=%zz%4&c=%26%3D", { b: "%zz%4", c: "&=" }],
    ["/a?b=1?c=2", { b: "1?c=2" }],
    ["/a?__proto__=1", { ["__proto__"]: "1" }],
  ];
  for (const [target, want] of rows) {
    assert.deepEqual([...parseQuery(target)], Object.entries(want), target);
  }
});
