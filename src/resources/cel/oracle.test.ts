import assert from "node:assert/strict";
import { test } from "node:test";

import * as fc from "fast-check";

import { gatewayKinds } from "../gateway/gateway-kinds.ts";
import type { Rule } from "../schema/schema.ts";
import { CelError } from "./error.ts";
import { otherParse } from "./oracle.fixture.ts";
import { parse } from "./parse.ts";
import type { Expr } from "./syntax.ts";

/** Where the other parser departs from the language definition or knows less; `parse.test.ts` has what is right. */
const DEPARTURES: readonly RegExp[] = [
  // It knows nothing optional.
  /[.,[{]\s*\?/,
  // It does not end `in`, `true` and `false` with the word.
  /(\w\s+|[\da-fA-F][uU]?|[)\]}"'.]\s*)in\w/,
  /(true|false)\w/,
  // It wants signs without space behind them, and makes -1u of signed digits.
  /!\s+!/,
  /-\s+[-\d.]/,
  /-\s*(0x[\da-fA-F]+|\d+)[uU]/,
  // It wants no space in brackets that have nothing in them.
  /\(\s+\)|[[{]\s+,/,
  // It wants a line behind every comment, and a value or sign right behind one comment.
  /\/\//,
  // It takes a backslash for itself where no escape begins.
  /\\(?![abfnrtv"'`\\?uU]|[xX][\da-fA-F]{2}|[0-3][0-7]{2})/,
  // It tears surrogates apart in bytes.
  /[bB][rR]?['"][^]*[\ud800-\udfff]/,
  // It does not look at code points, and takes a Unicode escape for one byte of bytes.
  /\\[uU]/,
];

/** Trees without what both parsers may choose: where logic stands, and whether `!(!x)` is x. */
function comparable(text: string, expr: Expr): unknown {
  const inner = (each: Expr | undefined): unknown => each && comparable(text, each);
  const at = expr.at + /^\s*/.exec(text.slice(expr.at))![0].length;
  switch (expr.kind) {
    case "literal":
    case "ident":
      return { ...expr, at };
    case "select":
      return { ...expr, at, operand: inner(expr.operand) };
    case "list":
      return { ...expr, at, items: expr.items.map(({ value }) => inner(value)) };
    case "map":
      return { ...expr, at, entries: expr.entries.map(({ key, value }) => [inner(key), inner(value)]) };
    case "fold":
      return { ...expr, at, range: inner(expr.range), filter: inner(expr.filter), body: inner(expr.body) };
    case "call": {
      const [first] = expr.args;
      if ((expr.name === "!_" || expr.name === "-_") && first?.kind === "call" && first.name === expr.name) {
        return inner(first.args[0]);
      }
      const loose = ["_&&_", "_||_", "_?_:_"].includes(expr.name);
      return { ...expr, at: loose ? 0 : at, target: inner(expr.target), args: expr.args.map(inner) };
    }
  }
}

function verdict(text: string, parser: (text: string) => Expr): unknown {
  let expr;
  try {
    expr = parser(text);
  } catch (error) {
    assert.ok(parser === otherParse || error instanceof CelError, text);
    return "refused";
  }
  return comparable(text, expr);
}

function compare(text: string): void {
  assert.deepEqual(verdict(text, parse), verdict(text, otherParse), text);
}

function compareCommon(text: string): void {
  if (!DEPARTURES.some((departure) => departure.test(text))) {
    compare(text);
  }
}

/** Schemas are plain data, so whatever is inside is looked through. */
function rulesOf(data: object): string[] {
  const { rule, messageExpression } = data as Partial<Rule>;
  return [
    ...[rule, messageExpression].filter((each) => typeof each === "string"),
    ...Object.values(data).flatMap((value) =>
      typeof value === "object" && value !== null ? rulesOf(value) : [],
    ),
  ];
}

const rules = new Set(
  gatewayKinds.flatMap(({ versions }) => versions.flatMap(({ schema }) => rulesOf(schema))),
);

test("every rule of our schemas means what another parser makes of it", () => {
  assert.ok(rules.size > 50, `only ${rules.size} rules were found`);
  for (const rule of rules) {
    compare(rule);
  }
});

const space = fc.constantFrom("", "", " ", "\n", "\t ");
const name = fc.constantFrom("a", "b_1", "self", "__if__", "size", "nullable", "if", "map");
const values = [
  "1 0x1f 7u 9223372036854775807 9223372036854775808 -9223372036854775808 1.5 .5 2e3 1.5e-3 -1 -.5 x y",
  String.raw`true false null '' "a'b" '\n\x41\101' r'\n' b'\xff' br'\x41' '''a'b''' """é😀""" [] {}`,
];
const value = fc.constantFrom("'''a\n'b'''", ...values.join(" ").split(" "));
const binary = fc.constantFrom(" in ", ..."+ - * / % < <= > >= == != && ||".split(" "));
const macros = "all exists exists_one existsOne map filter transformList sortBy f";
const macro = fc.constantFrom(...macros.split(" "));

const { expression } = fc.letrec<{ expression: string; list: string; entries: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    value,
    name,
    text(tie("expression"), space, binary, space, tie("expression")),
    text(tie("expression"), binary, tie("expression"), binary, tie("expression")),
    text("(", space, tie("expression"), space, ")"),
    text(tie("expression"), space, "?", space, tie("expression"), ":", tie("expression")),
    text(fc.constantFrom("!", "-", "!!", "--"), tie("expression")),
    text(tie("expression"), space, ".", space, name),
    text(tie("expression"), ".", name, space, "(", tie("list"), ")"),
    text(tie("expression"), "[", tie("expression"), space, "]"),
    text(tie("expression"), ".", macro, "(x, ", tie("expression"), ")"),
    text(tie("expression"), ".", macro, "(x, ", tie("list"), ")"),
    text(fc.constantFrom("f(", "has(", "size( ", ".f(", "x{"), tie("list"), ")"),
    text("has(", tie("expression"), ".", name, ")"),
    text("[", tie("list"), fc.constantFrom("]", ",]", " , ]")),
    text("{", tie("entries"), fc.constantFrom("}", ",}")),
  ),
  list: fc.array(tie("expression"), { maxLength: 3 }).map((items) => items.join(", ")),
  entries: fc
    .array(text(tie("expression"), space, ":", tie("expression")), { maxLength: 2 })
    .map((entries) => entries.join(",")),
}));

function text(...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> {
  return fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((texts) => texts.join(""));
}

test("expressions of the grammar mean what another parser makes of them", () => {
  fc.assert(fc.property(expression, compareCommon), { numRuns: 1000 });
});

const snippet = fc.constantFrom(
  ...`a,1,., ,(,),[,],{,},?,:,",',''',""",\\,+,-,!,=,<,&,|,in,%,0x,e,u,r,b,if,true,has(,\n,\t,#,é,😀,.map(`.split(
    ",",
  ),
  ",",
);

/** A text with some places overwritten, filled in or left out. */
function damaged(whole: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const place = fc.record({ at: fc.nat(), length: fc.nat(3), snippet });
  return fc.tuple(whole, fc.array(place, { minLength: 1, maxLength: 3 })).map(([start, places]) =>
    places.reduce((before, { at, length, snippet: filling }) => {
      const from = at % (before.length + 1);
      return before.slice(0, from) + filling + before.slice(from + length);
    }, start),
  );
}

test("damaged expressions are refused by both parsers, or mean the same", () => {
  fc.assert(fc.property(damaged(fc.oneof(expression, fc.constantFrom(...rules))), compareCommon), {
    numRuns: 1000,
  });
});
