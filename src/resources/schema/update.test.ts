import assert from "node:assert/strict";
import { test } from "node:test";
import { shown } from "../testing.ts";
import { array, integer, map, object, optional, string, type Schema } from "./schema.ts";
import { validate } from "./validate.ts";

function refused(schema: Schema, value: unknown, previous?: unknown): string[] {
  return shown(validate(schema, value, { previous }).errors);
}

test("Rules run on sound values with their defaults, and say where they are broken", () => {
  const schema = object(
    { min: integer({ default: 1 }), max: integer(), name: optional(string()) },
    {
      rules: [
        { rule: "self.min <= self.max", message: "min is more than max", fieldPath: ".min" },
        {
          rule: "!has(self.name) || self.name != 'x'",
          messageExpression: "'not ' + self.name",
          reason: "FieldValueForbidden",
        },
      ],
    },
  );
  assert.deepEqual(refused(schema, { max: 1 }), []);
  assert.deepEqual(refused(schema, { max: 0, name: "x" }), ["min: min is more than max", ": not x"]);
  assert.deepEqual(refused(schema, { max: "0", name: "x" }), [
    "max: Expected a whole number, found a string",
  ]);
  const [, second] = validate(schema, { max: 0, name: "x" }).errors;
  assert.equal(second!.reason, "FieldValueForbidden");
});

test("A rule that is no expression refuses every value", () => {
  const [error] = refused(string({ rules: [{ rule: "self +" }] }), "a");
  assert.match(error!, /^: rule compile error: /);
});

test("Transition rules see the value before, wherever it can be told", () => {
  const constant = string({ rules: [{ rule: "self == oldSelf", message: "is constant" }] });
  const schema = object({
    field: optional(constant),
    keyed: optional(array(object({ name: string(), value: constant }), { mapKeys: ["name"] })),
    entries: optional(map(constant)),
  });
  const before = {
    field: "a",
    keyed: [
      { name: "x", value: "1" },
      { name: "y", value: "2" },
    ],
    entries: { k: "v" },
  };
  assert.deepEqual(refused(schema, before), []);
  assert.deepEqual(refused(schema, before, before), []);
  assert.deepEqual(
    refused(schema, { field: "b", keyed: [{ name: "y", value: "3" }], entries: { k: "w" } }, before),
    ["field: is constant", "keyed.0.value: is constant", "entries.k: is constant"],
  );
  assert.deepEqual(refused(schema, { keyed: [{ name: "z", value: "3" }], entries: { l: "w" } }, before), []);
  const optionalOld = string({
    rules: [
      { rule: "oldSelf.hasValue() || self == 'first'", optionalOldSelf: true, message: "no beginning" },
    ],
  });
  assert.deepEqual(refused(optionalOld, "second"), [": no beginning"]);
  assert.deepEqual(refused(optionalOld, "second", "first"), []);
});

test("What was wrong before and stays as it was is not held against other changes", () => {
  const item = object({ name: string(), size: integer({ max: 9 }) });
  const schema = object({
    size: integer({ max: 9 }),
    keyed: array(item, { mapKeys: ["name"] }),
    atomic: array(item),
    other: optional(string()),
  });
  const before = { size: 10, keyed: [{ name: "a", size: 10 }], atomic: [{ name: "a", size: 10 }] };
  assert.equal(refused(schema, before).length, 3);
  assert.deepEqual(refused(schema, { ...before, other: "new" }, before), []);
  const { value } = validate(schema, { ...before, other: "new" }, { previous: before });
  assert.deepEqual(value, { ...before, other: "new" });
  assert.deepEqual(refused(schema, { ...before, size: 11 }, before), ["size: 11 is too large: at most 9"]);
  const grown = [...before.keyed, { name: "b", size: 10 }];
  assert.deepEqual(refused(schema, { ...before, keyed: grown }, before), [
    "keyed.1.size: 10 is too large: at most 9",
  ]);
  // Nobody knows which item of an atomic list is which.
  const more = [...before.atomic, { name: "b", size: 1 }];
  assert.deepEqual(refused(schema, { ...before, atomic: more }, before), [
    "atomic.0.size: 10 is too large: at most 9",
  ]);
});

test("A rule that was broken before is excused where the value stays, a transition rule is not", () => {
  const spec = object(
    { a: integer(), b: optional(integer()) },
    { rules: [{ rule: "self.a > 0", message: "a must be positive" }] },
  );
  const schema = object({ spec, other: optional(string()) });
  assert.deepEqual(refused(schema, { spec: { a: 0 }, other: "x" }, { spec: { a: 0 } }), []);
  assert.deepEqual(refused(schema, { spec: { a: 0, b: 1 } }, { spec: { a: 0 } }), [
    "spec: a must be positive",
  ]);
  const never = object({
    spec: object({}, { rules: [{ rule: "self != oldSelf", message: "must change" }] }),
  });
  assert.deepEqual(refused(never, { spec: {} }, { spec: {} }), ["spec: must change"]);
});

test("Wrong types that were there before stay, and functions do not see them", () => {
  const schema = object(
    { a: integer(), b: optional(string()) },
    { checks: [({ a }) => assert.equal(typeof a, "number")] },
  );
  assert.deepEqual(refused(schema, { a: "1", b: "new" }, { a: "1" }), []);
});

test("An object that had duplicates may have them, others may not", () => {
  const schema = object({ list: array(string(), { set: true }), other: optional(string()) });
  assert.equal(refused(schema, { list: ["a", "a"], other: "x" }, { list: ["a"] }).length, 1);
  assert.deepEqual(refused(schema, { list: ["a", "a", "b"] }, { list: ["a", "a"] }), []);
});

test("Junctors limit values without speaking of types", () => {
  const schema = object(
    { a: optional(string()), b: optional(string()) },
    {
      oneOf: [{ required: ["a"] }, { required: ["b"] }],
      not: { properties: { a: { enum: ["x"] } }, required: ["a"] },
    },
  );
  assert.deepEqual(refused(schema, { a: "y" }), []);
  assert.deepEqual(refused(schema, {}), [
    ': None of 2 alternatives holds: a: Missing field "a"; b: Missing field "b"',
  ]);
  assert.deepEqual(refused(schema, { a: "y", b: "z" }), [": 2 of 2 alternatives hold, exactly one must"]);
  assert.deepEqual(refused(schema, { a: "x" }), [": Value is one of those that are excluded"]);
  const size = string({ anyOf: [{ pattern: "^a+$" }, { maxLength: 1 }], allOf: [{ minLength: 1 }] });
  for (const good of ["aaa", "b"]) assert.deepEqual(refused(size, good), [], good);
  assert.match(refused(size, "bb")[0]!, /None of 2 alternatives holds/);
  assert.deepEqual(refused(size, ""), [": Empty string"]);
  const numbers = array(integer(), {
    allOf: [{ items: { minimum: 2, exclusiveMinimum: true, multipleOf: 3 } }],
  });
  assert.deepEqual(refused(numbers, [3, 6]), []);
  assert.deepEqual(refused(numbers, [3, 2]), ["1: 2 is too small: more than 2"]);
  assert.deepEqual(refused(numbers, [4]), ["0: 4 is not a multiple of 3"]);
});

test("Unknown fields are named, left out or refused", () => {
  const schema = object({ spec: object({ known: optional(string()) }) });
  const given = { spec: { known: "a", unheard: { of: 1 } }, status: {} };
  const pruned = validate(schema, given, { unknown: "prune" });
  assert.deepEqual(pruned.value, { spec: { known: "a" } });
  assert.deepEqual(pruned.errors, []);
  assert.deepEqual(pruned.unknown, [["spec", "unheard"], ["status"]]);
  assert.deepEqual(validate(schema, given).errors.length, 2);
});

test("Depth has an end, in what is described and in what is not", () => {
  const deep = (depth: number) => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`) as unknown;
  let schema: Schema = string();
  for (let level = 0; level < 600; level++) schema = array(schema);
  assert.match(refused(schema, deep(600))[0]!, /Too deep: at most 500/);
  assert.match(refused({ type: "any" }, deep(100_000))[0]!, /Too deep/);
  assert.match(refused(object({ a: string() }), { a: deep(100_000) }).join(), /Too deep/);
  assert.deepEqual(refused({ type: "any" }, deep(400)), []);
});
