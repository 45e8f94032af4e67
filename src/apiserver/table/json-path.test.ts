import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseJsonPath } from "./json-path.ts";

const object = {
  metadata: { name: "one", annotations: { "a.b": "dotted" } },
  spec: {
    gatewayClassName: "fast",
    hostnames: ["a.example", "b.example"],
    ports: [{ port: 80 }, { port: 443, tls: true }],
  },
  status: {
    addresses: [{ value: "127.0.0.1" }, { value: "::1" }],
    conditions: [
      { type: "Accepted", status: "True", generation: 2 },
      { type: "Programmed", status: "False", generation: 1 },
    ],
    none: null,
    empty: [],
  },
};

const cases: readonly (readonly [path: string, values: readonly unknown[] | undefined])[] = [
  [".spec.gatewayClassName", ["fast"]],
  ["spec.gatewayClassName", ["fast"]],
  ["$.spec.gatewayClassName", ["fast"]],
  ["@.spec['gatewayClassName']", ["fast"]],
  [".spec.missing.deeper", []],
  [".spec.hostnames", [["a.example", "b.example"]]],
  [".spec.hostnames[0]", ["a.example"]],
  [".spec.hostnames[-1]", ["b.example"]],
  [".spec.hostnames[2]", undefined],
  [".spec.hostnames[0:2]", ["a.example", "b.example"]],
  [".spec.hostnames[:1]", ["a.example"]],
  [".spec.hostnames[::2]", ["a.example"]],
  [".spec.hostnames[0,1]", ["a.example", "b.example"]],
  [".spec.hostnames[*]", ["a.example", "b.example"]],
  [".spec.gatewayClassName[0]", undefined],
  [".status.addresses[*].value", ["127.0.0.1", "::1"]],
  [".metadata['name','annotations']", ["one", { "a.b": "dotted" }]],
  [String.raw`.metadata.annotations.a\.b`, ["dotted"]],
  [String.raw`.metadata.annotations['a\.b']`, ["dotted"]],
  [".metadata.annotations['a.b']", []],
  [".metadata.annotations.*", ["dotted"]],
  ['.status.conditions[?(@.type=="Accepted")].status', ["True"]],
  ['.status.conditions[?(@.type=="Programmed")].status', ["False"]],
  [".status.conditions[?(@.type == 'Programmed')].status", ["False"]],
  ['.status.conditions[?(@.type!="Accepted")].type', ["Programmed"]],
  ['.status.conditions[?(@.type=="Other")].status', []],
  [".status.conditions[?(@.generation>1)].type", ["Accepted"]],
  [".status.conditions[?(@.generation<=1)].type", ["Programmed"]],
  ['.status.conditions[?(@.type<"B")].type', ["Accepted"]],
  ['.status.conditions[?(@.generation=="2")].type', undefined],
  [".status.conditions[?(@.generation>1.5)].type", undefined],
  [".spec.ports[?(@.tls)].port", [443]],
  [".spec.ports[?(@.tls==true)].port", [443]],
  [".status.missing[?(@.type==1)]", []],
  [".spec[?(@.a)]", undefined],
  [".status.empty[*]", []],
  [".status.empty[0]", undefined],
  [".status.none", [null]],
  [".status.none.deeper", []],
  [".status.none[0]", []],
  ["..port", [80, 443]],
  [".spec..port", [80, 443]],
  [".status.conditions[?(@..type)].status", ["True", "False"]],
  ["$", [object]],
  [".spec.", []],
  [".metadata..", [object.metadata, "one", object.metadata.annotations, "dotted"]],
  [".constructor", []],
  [".__proto__", []],
];

for (const [path, values] of cases) {
  test(`JSONPath ${path}`, () => assert.deepEqual(parseJsonPath(path)(object), values));
}

const faults: readonly (readonly [path: string, message: RegExp])[] = [
  [".a\\", /character 4: ends with/],
  [".a[", /character 4: lacks "\]"/],
  [".a[x]", /has the subscript "x"; allowed/],
  [".a[0:1:0]", /has the subscript/],
  [".a[]", /has the subscript ""/],
  ["a b", /character 3: has an unexpected "b"/],
  [".a]", /character 3: has an unexpected "\]"/],
  [".a{", /has an unexpected "\{"/],
  [".a....b", /".." twice/],
  [".a[?(@.b==)]", /lacks a value after "=="/],
  [".a[?()]", /lacks the left side/],
  [".a[?(@.b=='x]", /lacks the closing '/],
  [".a[?(@.b=='x')", /lacks "\)\]"/],
  [".a[?(@.b==x)]", /unexpected "x"/],
  [".a[?(@".repeat(9), /more than 8 filters/],
  [`.${"a".repeat(5000)}`, /longer than 4096/],
];

for (const [path, message] of faults) {
  test(`JSONPath ${path.slice(0, 20)} is refused`, () => {
    assert.throws(() => parseJsonPath(path), { name: "SyntaxError", message });
  });
}

test("work is bounded however often a path descends", () => {
  let deep: unknown = {};
  for (let level = 0; level < 3000; level++) deep = { a: deep, b: deep };
  assert.equal(parseJsonPath("..a..b..a")(deep), undefined);
  assert.equal(parseJsonPath(".a[?(@..b)]..c")({ a: Array.from({ length: 5000 }, () => object) }), undefined);
});

test("any text is a path or a syntax error", () => {
  const text = fc.array(
    fc.constantFrom(
      "a",
      ".",
      "..",
      "[",
      "]",
      "*",
      "'",
      '"',
      "?(",
      ")",
      "@",
      "==",
      "0",
      ":",
      ",",
      "-",
      "\\",
      " ",
    ),
  );
  fc.assert(
    fc.property(text, (parts) => {
      try {
        parseJsonPath(parts.join(""))(object);
      } catch (error) {
        assert.ok(error instanceof SyntaxError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
