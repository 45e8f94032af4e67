import assert from "node:assert/strict";
import { test } from "node:test";

import { parse } from "./parse.ts";
import { evaluate } from "./testing.ts";

test("optional syntax stands where the language has it, and only there", () => {
  const yes = [
    "{'a': 1}.?a == optional.of(1)",
    "{'a': {'b': 1}}.?a.b == optional.of(1)",
    "[1][?0] == optional.of(1)",
    "dyn([1])\n [ ? 1 ] == optional.none()",
    "[?optional.of(1), ?(optional.none()), 2] == [1, 2]",
    "[[?optional.of(1)], [2]] == [[1], [2]]",
    "{?'a': optional.none(), 'b': 1} == {'b': 1}",
    "{'a': 1, ?'b': optional.of([?optional.of(1)][0])} == {'a': 1, 'b': 1}",
    "'.?a [?0]' == '.?a [' + '?0]' // .?x",
    "true ? [1] == [1] : false",
  ];
  for (const text of yes) {
    assert.equal(evaluate(text), true, text);
  }
  for (const text of [
    "has({'a': 1}.?a)",
    "size(?[1])",
    "size([1], ?1)",
    "?[1]",
    "[1]?.a",
    "{'a': ?1}",
    "[??1]",
  ]) {
    assert.throws(() => parse(text), { name: "CelError" }, text);
  }
});

test("mistakes are told with line and column", () => {
  const mistakes: [string, RegExp][] = [
    ["1 ==\n  2 + )", /^2:5: syntax error/],
    [String.raw`'a' + '\q'`, /^1:8: unknown escape sequence \\q/],
    ["[1].all(a.b, true)", /^1:10: the variable of all\(\) must be a simple name/],
    ["[1].all(a, a, true)", /different names/],
    ["has(a)", /^1:1: has\(\) takes a field/],
    ["9223372036854775808", /^1:1: .*64 bits/],
    ["Thing{a: 1}", /undeclared reference to 'Thing'/],
    ["a.if.in", /syntax error|reserved/],
  ];
  for (const [text, message] of mistakes) {
    assert.throws(() => parse(text), { name: "CelError", message }, text);
  }
});
