import assert from "node:assert/strict";
import { test } from "node:test";

import {
  any,
  array,
  boolean,
  integer,
  intOrString,
  map,
  number,
  object,
  open,
  optional,
  type Rule,
  type Schema,
  string,
} from "../schema/schema.ts";
import { Budget, CelError, compileExpression, compileRule } from "./cel.ts";

function check(rule: string | Rule, schema: Schema, self: unknown, old?: unknown): string | undefined {
  const compiled = compileRule(typeof rule === "string" ? { rule } : rule, schema);
  return compiled.check(self, old, new Budget());
}

const route = object({
  type: string(),
  port: optional(integer()),
  weight: optional(number()),
  target: optional(intOrString()),
  created: optional(string({ format: "date-time" })),
  timeout: optional(string({ format: "duration" })),
  key: optional(string({ format: "byte" })),
  namespace: optional(string()),
  "a-b": optional(string()),
  note: optional(string({ nullable: true })),
  blob: optional(any()),
  extra: optional(open({})),
  labels: optional(map(string())),
  hosts: optional(array(string(), { set: true })),
  entries: optional(array(object({ name: string(), on: boolean() }), { mapKeys: ["name"] })),
  inner: optional(object({ name: optional(string()) })),
});
const value = {
  type: "Exact",
  port: 80,
  weight: 2,
  target: "http",
  created: "2026-01-02T03:04:05Z",
  timeout: "90s",
  key: "AQI=",
  namespace: "web",
  "a-b": "x",
  note: null,
  blob: { a: 1 },
  labels: { app: "shop", constructor: "no" },
  hosts: ["a", "b"],
  entries: [
    { name: "one", on: true },
    { name: "two", on: false },
  ],
  inner: {},
};

const HOLDS = [
  "self.type in ['Exact', 'Prefix'] && self.port > 79",
  "self.port + 1 == 81 && type(self.port) == int",
  "self.weight / 4.0 == 0.5 && type(self.weight) == double",
  "type(self.target) == string && self.target.size() == 4",
  "self.created < timestamp('2026-02-01T00:00:00Z')",
  "self.timeout == duration('1m30s')",
  "self.key == b'\\x01\\x02'",
  "self.namespace == 'web' && self.__namespace__ == 'web'",
  "self.a__dash__b == 'x'",
  "!has(self.note) && !has(self.inner.name) && has(self.inner)",
  "self.labels['app'] == 'shop' && self.labels.all(k, self.labels[k] != '')",
  "!('toString' in self.labels) && self.labels.constructor == 'no'",
  "self.hosts == ['b', 'a'] && (self.hosts + ['b', 'c']).size() == 3",
  "self.?inner.?name.orValue('none') == 'none'",
  "self.inner.name == 'x' || self.port == 80",
  "self.entries.exists_one(e, e.on)",
];
test("rules hold on JSON values", () => {
  for (const rule of HOLDS) {
    assert.equal(check(rule, route, value), undefined, rule);
  }
});

const REFUSED: [string, RegExp][] = [
  ["self.nope == 1", /^1:5: undefined field 'nope'$/],
  ["self.blob == 1", /undefined field 'blob'/],
  ["self.extra.x == 1", /undefined field 'x'/],
  ["self.a-b == 'x'", /undefined field 'a'/],
  ["self.port == 'x'", /^1:11: no such overload: '_==_' cannot be applied to \(int, string\)$/],
  ["self.port + 1.0 > 1.0", /no such overload/],
  ["self.weight == 2", /no such overload/],
  ["self.port", /must give a bool, not int/],
  ["self['port'] == 80", /no such overload/],
  ["self.all(k, true)", /goes over lists and maps/],
  ["other == 1", /undeclared reference to 'other'/],
  ["self.type.matches('(')", /illegal regular expression/],
  ["self.type ==\n  ", /^\d:\d+: syntax error/],
  [" ", /empty/],
];
test("rules that kube-apiserver refuses are refused, with the place", () => {
  for (const [rule, message] of REFUSED) {
    assert.throws(() => compileRule({ rule }, route), { name: "CelError", message }, rule);
  }
  assert.throws(() => compileRule({ rule: "true" }, any()), CelError);
  assert.throws(() => compileRule({ rule: "true" }, array(any())), CelError);
});

test("of a whole object only the names are visible in the metadata", () => {
  const whole = object({
    apiVersion: string(),
    kind: string(),
    metadata: object({ name: string(), labels: map(string()) }),
  });
  assert.equal(check("self.metadata.name == 'a'", whole, { metadata: { name: "a" } }), undefined);
  assert.throws(
    () => compileRule({ rule: "self.metadata.labels.size() > 0" }, whole),
    /undefined field 'labels'/,
  );
  const embedded = object({ template: open({}, { embedded: true }) });
  assert.equal(check("self.template.kind == 'K'", embedded, { template: { kind: "K" } }), undefined);
});

test("a failed rule says its message, what messageExpression makes, or itself", () => {
  const rule = "self > 5";
  const messages: [Rule, string][] = [
    [{ rule: ` ${rule} ` }, "failed rule: self > 5"],
    [{ rule, message: " too small " }, "too small"],
    [{ rule, message: "m", messageExpression: "'got ' + string(self)" }, "got 3"],
    [{ rule, message: "m", messageExpression: "string(1 / (self - 3))" }, "m"],
    [{ rule, message: "m", messageExpression: "' '" }, "m"],
    [{ rule, messageExpression: "'a\\nb'" }, "failed rule: self > 5"],
  ];
  for (const [each, message] of messages) {
    assert.equal(check(each, integer(), 3), message);
  }
  assert.throws(
    () => compileRule({ rule, messageExpression: "1" }, integer()),
    /messageExpression must give a string/,
  );
});

test("an evaluation that fails is a failure that says why", () => {
  const failures: [string, RegExp][] = [
    ["self.inner.name == 'x'", /^no such key: name, evaluating rule: /],
    ["self.hosts[5] == 'x'", /^index out of bounds: 5/],
    ["self.port + 9223372036854775807 > 0", /^integer overflow/],
    ["self.port / 0 == 1", /^division by zero/],
    ["self.target > 5", /^no such overload: '_>_' cannot be applied to \(string, int\)/],
  ];
  for (const [rule, message] of failures) {
    assert.match(check(rule, route, value) ?? "", message);
  }
});

test("transition rules wait for a value before; optionalOldSelf does not", () => {
  const rule = { rule: "self == oldSelf" };
  assert.equal(compileRule(rule, string()).usesOldSelf, true);
  assert.equal(compileRule({ rule: "self == ''" }, string()).usesOldSelf, false);
  assert.equal(compileRule({ rule: "['x'].all(oldSelf, self == oldSelf)" }, string()).usesOldSelf, false);
  assert.equal(check(rule, string(), "a"), undefined);
  assert.equal(check(rule, string(), "a", "a"), undefined);
  assert.equal(check(rule, string(), "a", "b"), "failed rule: self == oldSelf");
  const first: Rule = {
    rule: "oldSelf.hasValue() ? self == oldSelf.value() : self == 'new'",
    optionalOldSelf: true,
  };
  assert.equal(check(first, string(), "new"), undefined);
  assert.match(check(first, string(), "other") ?? "", /^failed rule/);
  assert.equal(check(first, string(), "b", "b"), undefined);
});

test("lists that are sets or maps are equal in any order, also inside of what is compared", () => {
  const turned = { ...value, hosts: ["b", "a"], entries: value.entries.toReversed() };
  assert.equal(check("self == oldSelf", route, value, turned), undefined);
  const changed = { ...value, entries: [{ name: "one", on: false }, value.entries[1]] };
  assert.notEqual(check("self == oldSelf", route, value, changed), undefined);
  assert.notEqual(check("self == oldSelf", array(string()), ["a", "b"], ["b", "a"]), undefined);
});

test("runaway rules stop at the limit of a call, many rules at that of the object", () => {
  const many = Array.from({ length: 2000 }, (_, index) => `item-${index}`);
  const loops = "self.all(a, self.all(b, self.all(c, a + b + c != '')))";
  assert.match(check(loops, array(string()), many) ?? "", /cost limit/);
  assert.match(check(`true || ${loops}`, array(string()), many) ?? "ok", /^ok$/);
  assert.match(check(`${loops} || true`, array(string()), many) ?? "", /cost limit/);
  const budget = new Budget(3000);
  const once = compileRule({ rule: "self.all(a, a != '')" }, array(string()));
  const few = many.slice(0, 500);
  assert.equal(once.check(few, undefined, budget), undefined);
  const verdicts = [1, 2, 3].map(() => once.check(few, undefined, budget));
  assert.match(verdicts.at(-1) ?? "", /cost budget|cost limit/);
  const long = "x".repeat(3_000_000);
  assert.match(check("self.replace('x', self) == ''", string(), long) ?? "", /cost limit/);
  assert.equal(check("self.matches('^(x+x+)+$')", string(), long.slice(0, 10_000)), undefined);
});

test("values and expressions that nest deeply are an error, not the end", () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) {
    deep = [deep];
  }
  const same = compileExpression("a == [b]", { a: "dyn", b: "dyn" }, "bool");
  assert.throws(() => same.evaluate({ a: [deep], b: structuredCloneDeep(deep) }, new Budget()), CelError);
  assert.throws(() => compileExpression(`${"(".repeat(50_000)}1`, {}), CelError);
  assert.throws(() => compileExpression("1+".repeat(2000) + "1", {}), /nests too deeply/);
  assert.throws(() => compileExpression(`'${"x".repeat(100_000)}'`, {}), /characters/);
});

function structuredCloneDeep(value: unknown): unknown {
  let levels = 0;
  for (let at = value; Array.isArray(at); at = at[0]) {
    levels++;
  }
  let copy: unknown = 1;
  for (; levels > 0; levels--) {
    copy = [copy];
  }
  return copy;
}

test("policies see JSON whose types are known when it is read, and lazy variables", () => {
  const object = { metadata: { annotations: { a: "1" }, labels: null }, spec: { replicas: 3, ratio: 0.5 } };
  let reads = 0;
  const variables = {
    get replicas() {
      reads++;
      return 3;
    },
  };
  const evaluate = (text: string): unknown =>
    compileExpression(text, { object: "dyn", oldObject: "dyn", variables: "dyn" }).evaluate(
      { object, oldObject: null, variables },
      new Budget(),
    );
  assert.equal(evaluate("oldObject == null && object.spec.replicas + 1 == 4"), true);
  assert.equal(evaluate("object.spec.ratio * 2.0 == 1.0 && type(object.spec.replicas) == int"), true);
  assert.equal(evaluate("has(object.metadata.labels) && !has(object.spec.nope)"), true);
  assert.equal(evaluate("object.metadata.annotations.exists(k, k == 'a')"), true);
  assert.equal(reads, 0);
  assert.equal(evaluate("object.spec.replicas == variables.replicas"), true);
  assert.equal(reads, 1);
  assert.equal(evaluate("'n=%d'.format([object.spec.replicas])"), "n=3");
  assert.throws(() => evaluate("object.spec.nope == 1"), /no such key: nope/);
  assert.throws(() => evaluate("object.__proto__ == 1"), /no such key: __proto__/);
  assert.throws(() => evaluate("object.spec.replicas + 0.5 > 0.0"), /no such overload/);
  assert.throws(() => compileExpression("1", {}, "bool"), /must give a bool/);
  const dynamic = compileExpression("object.spec.replicas", { object: "dyn" }, "bool");
  assert.throws(() => dynamic.evaluate({ object }, new Budget()), /must give a bool/);
});
