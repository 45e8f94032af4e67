import assert from "node:assert/strict";
import { test } from "node:test";

import { parse } from "./parse.ts";
import type { Expr, Literal } from "./syntax.ts";
import { evaluate } from "./testing.ts";

/** Trees as S-expressions; literals stand as they would in JSON, with the type of numbers before them. */
function shape(expr: Expr): string {
  const all = (...parts: (Expr | undefined)[]): string =>
    parts.map((part) => (part === undefined ? "" : ` ${shape(part)}`)).join("");
  const mark = (optional: boolean): string => (optional ? "?" : "");
  switch (expr.kind) {
    case "literal":
      return literalText(expr);
    case "ident":
      return expr.name;
    case "select":
      return `(${expr.test ? "has" : ""}.${mark(expr.optional)}${expr.field}${all(expr.operand)})`;
    case "call":
      return `(${expr.target === undefined ? "" : "."}${expr.name}${all(expr.target, ...expr.args)})`;
    case "list":
      return `[${expr.items.map(({ value, optional }) => mark(optional) + shape(value)).join(" ")}]`;
    case "map": {
      const entries = expr.entries.map(
        ({ key, value, optional }) => `${mark(optional)}${shape(key)}:${shape(value)}`,
      );
      return `{${entries.join(" ")}}`;
    }
    case "fold": {
      const { macro, variables, range, filter, body } = expr;
      return `(fold ${macro} ${variables.join(",")}${all(range, filter, body)})`;
    }
  }
}

function literalText({ type, value }: Literal): string {
  if (value instanceof Uint8Array) {
    return `b${JSON.stringify(Buffer.from(value).toString("latin1"))}`;
  }
  return typeof value === "string"
    ? JSON.stringify(value)
    : type === "bool" || type === "null"
      ? String(value)
      : `${type}:${Object.is(value, -0) ? "-0" : String(value)}`;
}

function expectShapes(shapes: readonly (readonly [text: string, expected: string])[]): void {
  for (const [text, expected] of shapes) {
    assert.equal(shape(parse(text)), expected, text);
  }
}

test("literals", () => {
  expectShapes([
    ["12", "int:12"],
    ["007", "int:7"],
    ["0xfF", "int:255"],
    ["-0x10", "int:-16"],
    ["9223372036854775807", "int:9223372036854775807"],
    ["-9223372036854775808", "int:-9223372036854775808"],
    ["- 9223372036854775808", "int:-9223372036854775808"],
    ["18446744073709551615u", "uint:18446744073709551615"],
    ["0x1fU", "uint:31"],
    ["1.5", "double:1.5"],
    [".5e1", "double:5"],
    ["1e-3", "double:0.001"],
    ["2E+2", "double:200"],
    ["-0.0", "double:-0"],
    ["1.e3", "(.e3 int:1)"],
    ["true", "true"],
    ["false", "false"],
    ["null", "null"],
    [`'a"b'`, '"a\\"b"'],
    [`"a'b"`, `"a'b"`],
    ["''", '""'],
    ["''''''", '""'],
    [`'''a''b\n'c'''`, `"a''b\\n'c"`],
    [`"""a"\r\nb\rc"""`, '"a\\"\\nb\\nc"'],
    [String.raw`r'\n\x'`, String.raw`"\\n\\x"`],
    [String.raw`R"""\"""`, String.raw`"\\"`],
    [String.raw`'\a\b\f\n\r\t\v'`, String.raw`"\u0007\b\f\n\r\t\u000b"`],
    ["'\\\\\\?\\'\\\"\\`'", JSON.stringify("\\?'\"`")],
    [String.raw`'\x41\X42\103\u00e9\U0001f600é'`, '"ABCé😀é"'],
    [String.raw`'\xff'`, '"ÿ"'],
    [String.raw`b'\xff\377é\n'`, `b${JSON.stringify("\xff\xff\xc3\xa9\n")}`],
    [String.raw`Br'\xff'`, String.raw`b"\\xff"`],
    ["b'😀'", `b${JSON.stringify("\xf0\x9f\x98\x80")}`],
  ]);
});

test("operators bind as the language defines it", () => {
  expectShapes([
    ["a + b * c", "(_+_ a (_*_ b c))"],
    ["a * b + c", "(_+_ (_*_ a b) c)"],
    ["a - b - c", "(_-_ (_-_ a b) c)"],
    ["a / b % c", "(_%_ (_/_ a b) c)"],
    ["(a + b) * c", "(_*_ (_+_ a b) c)"],
    ["a + b < c - d", "(_<_ (_+_ a b) (_-_ c d))"],
    ["a < b == c in d", "(@in (_==_ (_<_ a b) c) d)"],
    ["a<=b", "(_<=_ a b)"],
    ["a>=b", "(_>=_ a b)"],
    ["a>b", "(_>_ a b)"],
    ["a!=b", "(_!=_ a b)"],
    ["a || b && c == d", "(_||_ a (_&&_ b (_==_ c d)))"],
    ["a && b || c", "(_||_ (_&&_ a b) c)"],
    ["a || b || c || d", "(_||_ (_||_ a b) (_||_ c d))"],
    ["a ? b : c ? d : e", "(_?_:_ a b (_?_:_ c d e))"],
    ["a || b ? c && d : e", "(_?_:_ (_||_ a b) (_&&_ c d) e)"],
    ["-a.b", "(-_ (.b a))"],
    ["-1.b", "(.b int:-1)"],
    ["!a[0] && b", "(_&&_ (!_ (_[_] a int:0)) b)"],
    ["a - -1", "(_-_ a int:-1)"],
    ["a--1", "(_-_ a int:-1)"],
    ["a -1", "(_-_ a int:1)"],
    ["--1", "int:1"],
    ["- - -a", "(-_ a)"],
    ["! !!a", "(!_ a)"],
    ["!!a", "a"],
    ["!(!a)", "(!_ (!_ a))"],
    ["!-1", "(!_ int:-1)"],
    ["-1u", "(-_ uint:1)"],
  ]);
});

test("selections, calls and literals of lists and maps", () => {
  expectShapes([
    ["a.b.c", "(.c (.b a))"],
    ["a . b\n[ 0 ]", "(_[_] (.b a) int:0)"],
    [".a.b", "(.b a)"],
    ["a.namespace.__if__", "(.__if__ (.namespace a))"],
    ["f()", "(f)"],
    ["f( )", "(f)"],
    [".f(a, b)", "(f a b)"],
    ["a.f(b).g()", "(.g (.f a b))"],
    ["a.package()", "(.package a)"],
    ["a.?b.?c[?d][0]", "(_[_] (_[?_] (.?c (.?b a)) d) int:0)"],
    ["[]", "[]"],
    ["[ , ]", "[]"],
    ["[1, ?a, ]", "[int:1 ?a]"],
    ["1 in [?a]", "(@in int:1 [?a])"],
    ["{}", "{}"],
    ["{ , }", "{}"],
    ["{'a': 1, ?b: c,}", '{"a":int:1 ?b:c}'],
    ["true ? {'a': b ? c : d} : e", '(_?_:_ true {"a":(_?_:_ b c d)} e)'],
    ["truth.inner.nullable == trueish", "(_==_ (.nullable (.inner truth)) trueish)"],
    ["1in[1]", "(@in int:1 [int:1])"],
    ["a // b\n//c\n\t+\f\r\nd // e", "(_+_ a d)"],
    ["//\na", "a"],
    ["'//' + a", '(_+_ "//" a)'],
  ]);
});

test("macros", () => {
  expectShapes([
    ["has(a.b.c)", "(has.c (.b a))"],
    ["has((a.b))", "(has.b a)"],
    ["has(a, b)", "(has a b)"],
    ["a.has(b.c)", "(.has a (.c b))"],
    ["a.all(x, x > 0)", "(fold all x a (_>_ x int:0))"],
    ["a.all(i, x, x > i)", "(fold all i,x a (_>_ x i))"],
    ["a.exists(x, x).exists_one(y, y)", "(fold exists_one y (fold exists x a x) y)"],
    ["a.existsOne(k, v, v)", "(fold exists_one k,v a v)"],
    ["a.map(x, x.b)", "(fold map x a (.b x))"],
    ["a.map(x, x.c, x.b)", "(fold map x a (.c x) (.b x))"],
    ["a.filter(x, x)", "(fold filter x a x)"],
    ["a.transformList(i, x, x)", "(fold transformList i,x a x)"],
    ["a.transformMap(k, v, v > 1, v)", "(fold transformMap k,v a (_>_ v int:1) v)"],
    ["a.transformMapEntry(k, v, {v: k})", "(fold transformMapEntry k,v a {v:k})"],
    ["a.sortBy(x, x.b)", "(fold sortBy x a (.b x))"],
    ["a.?b.optMap(x, x)", "(fold optMap x (.?b a) x)"],
    ["a.?b.optFlatMap(x, x)", "(fold optFlatMap x (.?b a) x)"],
    ["a.all(x)", "(.all a x)"],
    ["a.filter(x, y, z)", "(.filter a x y z)"],
    ["all(x, y)", "(all x y)"],
  ]);
});

test("optional syntax stands where the language has it, and only there", () => {
  const yes = [
    "{'a': 1}.?a == optional.of(1)",
    "{'a': {'b': 1}}.?a.b == optional.of(1)",
    "[1][?0] == optional.of(1)",
    "dyn([1])\n [ ? 1 ] == optional.none()",
    "[?optional.of(1), ?(optional.none()), 2] == [1, 2]",
    "[[?optional.of(1)], [2]] == [[1], [2]]",
    "1 in [?optional.of(1)]",
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
    "a.?b(1)",
  ]) {
    assert.throws(() => parse(text), { name: "CelError" }, text);
  }
});

test("mistakes are told with line and column", () => {
  const mistakes: [string, RegExp][] = [
    ["1 ==\n  2 + )", /^2:7: syntax error: unexpected '\)', expected a value$/],
    ["", /^1:1: syntax error: unexpected end of the expression, expected a value$/],
    ["a b", /^1:3: syntax error: unexpected 'b', expected an operator or the end$/],
    ["a ? b ? c : d : e", /^1:7: .* expected ':' of the condition$/],
    ["a[1", /^1:4: .* expected ']'$/],
    ["(a", /^1:3: .* expected '\)'$/],
    ["f(a b)", /^1:5: .* expected ',' or '\)'$/],
    ["f(a,)", /^1:5: .* expected a value$/],
    ["[1 2]", /^1:4: .* expected ',' or '\]'$/],
    ["[1,,]", /^1:4: .* expected a value$/],
    ["{1}", /^1:3: .* expected ':' and the value of the key$/],
    ["{1: 2 3}", /^1:7: .* expected ',' or '}'$/],
    ["a.'b'", /^1:3: .* unexpected ''b'', expected the name of a field or method$/],
    ["a.1", /^1:2: .* unexpected '.1'/],
    ["!-a", /^1:3: .* expected a number$/],
    ["-!a", /^1:2: .* unexpected '!'/],
    ["1 inx", /^1:3: .* unexpected 'inx'/],
    ["12a", /^1:3: .* unexpected 'a'/],
    ["0X1", /^1:2: .* unexpected 'X1'/],
    ["a +\n\u00a0b", /^2:1: syntax error: unexpected character "\u00a0"$/],
    ["a ? \u{1f600} : b", /^1:5: syntax error: unexpected character "\u{1f600}"$/u],
    ["`a`", /^1:1: syntax error: unexpected character "`"$/],
    ["a = b", /^1:3: syntax error: unexpected character "="$/],
    ["a 'with \u001b in a long string'", /^1:3: .* unexpected ''with \\u001b in a long st…'/],
    [String.raw`'a' + '\q'`, /^1:8: unknown escape sequence \\q/],
    [String.raw`'\400'`, /^1:2: unknown escape sequence/],
    [String.raw`'\x4'`, /^1:2: unknown escape sequence/],
    [String.raw`'\ud83d\ude00'`, /^1:2: \\ud83d is no Unicode character/],
    [String.raw`'\U00110000'`, /^1:2: \\U00110000 is no Unicode character/],
    [String.raw`b'\u00e9'`, /^1:3: bytes are written/],
    ["a + 'b\n'", /^1:5: syntax error: the string does not end on its line, a closing ' is missing$/],
    ['\n"""b\n""', /^2:1: syntax error: the string does not end, a closing """ is missing$/],
    ["r'\\", /^1:2: syntax error: the string does not end/],
    ["rb'a'", /^1:3: syntax error/],
    ["[1].all(a.b, true)", /^1:10: the variable of all\(\) must be a simple name/],
    ["[1].all(a, a, true)", /different names/],
    ["has(a)", /^1:1: has\(\) takes a field/],
    ["has(a[0])", /^1:1: has\(\) takes a field/],
    ["9223372036854775808", /^1:1: .*64 bits/],
    ["a + -9223372036854775809", /^1:5: .*integer does not fit into 64 bits/],
    ["18446744073709551616u", /^1:1: .*unsigned integer does not fit into 64 bits/],
    ["Thing{a: 1}", /^1:1: undeclared reference to 'Thing'/],
    ["1 + a.b{}", /^1:5: undeclared reference to 'a.b'/],
    ["f(){}", /^1:4: syntax error: unexpected '{'/],
    ["a.if.in", /^1:6: syntax error: unexpected 'in'/],
    ["a + if", /^1:5: syntax error: 'if' is reserved and cannot be a name$/],
    ["package(1)", /^1:1: syntax error: 'package' is reserved/],
  ];
  for (const [text, message] of mistakes) {
    assert.throws(() => parse(text), { name: "CelError", message }, text);
  }
});

test("what is long or nests deeply is refused before it costs anything", () => {
  const nested = (open: string, close: string, times: number): string =>
    `${open.repeat(times)}1${close.repeat(times)}`;
  const place = (frame: string): string => frame.replace("#", nested("a+", "", 500));
  const good = [
    nested("(", ")", 500),
    nested("[", "]", 500),
    nested("f(", ")", 500),
    nested("1+(", ")", 500),
    nested("a?b:", "", 500),
    nested("a+", "", 500),
    // Logic is balanced, and signs do not nest.
    nested("a&&", "", 30_000),
    nested("a||b&&", "", 15_000),
    nested("-", "", 90_000),
    `[${"1,".repeat(49_000)}]`,
    `'${"\\n".repeat(49_000)}'`,
  ];
  for (const text of good) {
    parse(text);
  }
  const bad = [
    nested("(", ")", 502),
    nested("[", "]", 501),
    nested("{1:", "}", 501),
    nested("a+", "", 501),
    nested("a?b:", "", 501),
    nested("a?b:c||d&&e==f+g*(", ")", 5000),
    nested("(", "", 99_000),
    `a${".b".repeat(501)}`,
    `a${".b".repeat(49_000)}`,
    `a${"[0]".repeat(501)}`,
    `a${".f()".repeat(501)}`,
    `a${".map(x, x)".repeat(501)}`,
    ...["[#]", "{1: #}", "{#: 1}", "f(#)", "a.f(#)", "(#).f()", "has((#).b)", "a[#]"].map(place),
    ...["(#).map(x, x)", "a.map(x, #)", "a.map(x, #, x)", "a.map(x, x, #)", "!(#)"].map(place),
  ];
  for (const text of bad) {
    assert.throws(() => parse(text), { name: "CelError", message: /nests too deeply$/ }, text.slice(0, 20));
  }
  assert.throws(() => parse(" ".repeat(100_001)), {
    name: "CelError",
    message: /100001 characters, at most 100000/,
  });
});
