import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { full } from "../gateway/http-route.fixture.ts";
import { kinds } from "../kinds.ts";
import { array, boolean, integer, intOrString, map, object, open, optional, string } from "./schema.ts";
import type { Infer, Schema } from "./schema.ts";
import { shown } from "../testing.ts";
import { validate, type FieldError } from "./validate.ts";

function errors(schema: Schema, value: unknown): readonly FieldError[] {
  return validate(schema, value).errors;
}

test("Every sort of error is said, all of them at once", () => {
  const schema = object({
    name: string({ pattern: "^[a-z]+$", form: "a word", minLength: 1, maxLength: 5 }),
    mode: string({ enum: ["On", "Off"] }),
    code: integer({ enum: [301, 302] }),
    port: integer({ format: "int32", min: 1, max: 10 }),
    on: boolean(),
    list: array(integer(), { minItems: 1, maxItems: 2 }),
    labels: map(string(), { maxProperties: 1, keys: string({ maxLength: 1 }) }),
    either: intOrString(),
    gone: string(),
  });
  const value = {
    name: "Äöüßpp",
    mode: "on",
    code: 303,
    port: 11,
    on: "true",
    list: [1, 2, "3"],
    labels: { ab: 1, c: "d" },
    either: 1.5,
    extra: 1,
  };
  assert.deepEqual(shown(errors(schema, value)), [
    "name: Too long: 6 characters, at most 5",
    'mode: "on" is not an allowed value',
    'code: "303" is not an allowed value',
    "port: 11 is too large: at most 10",
    "on: Expected true or false, found a string",
    "list: Too many entries: 3, at most 2",
    "list.2: Expected a whole number, found a string",
    "labels: Too many entries: 2, at most 1",
    "labels.ab: Too long: 2 characters, at most 1",
    "labels.ab: Expected a string, found a number",
    "either: Expected a whole number or a string, found a fraction",
    'gone: Missing field "gone"',
    'extra: Unknown field "extra"',
  ]);
  const other = { ...value, name: "A", port: 0, list: [], labels: [], gone: null };
  assert.deepEqual(shown(errors(schema, other)).slice(0, 1), ['name: "A" is not a word']);
  assert.ok(shown(errors(schema, other)).includes("port: 0 is too small: at least 1"));
  assert.ok(shown(errors(schema, other)).includes("list: Too few entries: 0, at least 1"));
  assert.ok(shown(errors(schema, other)).includes("labels: Expected a map, found a list"));
  assert.ok(shown(errors(schema, other)).includes("gone: Empty: expected a string"));
});

test("Errors say what is allowed, what was meant, and whether key or value is at fault", () => {
  const schema = object({ mode: string({ enum: ["Same", "All"] }), hostnames: optional(array(string())) });
  assert.deepEqual(errors(schema, { mode: "same", hostname: [] }), [
    {
      path: ["mode"],
      message: '"same" is not an allowed value',
      allowed: ["Same", "All"],
      suggestion: "Same",
      where: "value",
      reason: "FieldValueNotSupported",
      value: "same",
    },
    {
      path: ["hostname"],
      message: 'Unknown field "hostname"',
      allowed: ["mode", "hostnames"],
      suggestion: "hostnames",
      where: "key",
      reason: "FieldValueInvalid",
    },
  ]);
  assert.deepEqual(errors(map(string(), { keys: string({ maxLength: 1 }) }), { ab: "" }), [
    {
      path: ["ab"],
      message: "Too long: 2 characters, at most 1",
      where: "key",
      reason: "FieldValueTooLong",
      value: "ab",
    },
  ]);
});

test("Whole numbers stay in 32 bits where the API says so, and exact everywhere", () => {
  assert.equal(errors(integer({ format: "int32" }), 2 ** 31).length, 1);
  assert.equal(errors(integer({ format: "int32" }), -(2 ** 31) - 1).length, 1);
  assert.equal(errors(integer(), 2 ** 31).length, 0);
  assert.equal(errors(integer(), 2 ** 53).length, 1);
});

test("Length counts characters, not UTF-16 units", () => {
  assert.deepEqual(errors(string({ maxLength: 2 }), "😀😀"), []);
});

test("Lists that are sets or maps hold nothing twice", () => {
  assert.deepEqual(shown(errors(array(string(), { set: true }), ["a", "b", "a"])), [
    '2: Duplicate: "a" is in entry 0 of the list too',
  ]);
  const ports = array(object({ port: integer(), protocol: string({ default: "TCP" }) }), {
    mapKeys: ["port", "protocol"],
  });
  assert.deepEqual(
    shown(errors(ports, [{ port: 1 }, { port: 1, protocol: "UDP" }, { port: 1, protocol: "TCP" }])),
    ['2.port: Duplicate: port, protocol 1, "TCP" is in entry 0 of the list too'],
  );
});

test("Defaults are filled in, with the defaults inside them", () => {
  const schema = object({
    from: string({ default: "Same" }),
    path: object(
      { type: string({ default: "PathPrefix" }), value: string({ default: "/" }) },
      { default: {} },
    ),
    list: array(object({ weight: integer({ default: 1 }) }), { default: [{}] }),
    absent: optional(string()),
  });
  const expected = { from: "Same", path: { type: "PathPrefix", value: "/" }, list: [{ weight: 1 }] };
  assert.deepEqual(validate(schema, {}), { value: expected, errors: [], unknown: [] });
  assert.deepEqual(validate(schema, { from: null, list: null }).value, expected);
});

test("The input stays as it was, and defaults are not shared through it", () => {
  const schema = object({ list: array(object({ a: integer({ default: 1 }) }), { default: [{}] }) });
  const input = Object.freeze({ list: Object.freeze([Object.freeze({})]) });
  assert.deepEqual(validate(schema, input).value, { list: [{ a: 1 }] });
  const first = validate(schema, {}).value as { list: { a: number }[] };
  first.list[0]!.a = 2;
  assert.deepEqual(validate(schema, {}).value, { list: [{ a: 1 }] });
});

test("Null is a field left out, unless it is a value there", () => {
  const schema = object({ a: optional(string()), b: string({ default: "x" }) });
  assert.deepEqual(validate(schema, { a: null, b: null }), { value: { b: "x" }, errors: [], unknown: [] });
  assert.deepEqual(validate(open({ a: optional(string()) }), { a: null, b: null }).value, { b: null });
  assert.deepEqual(validate(map(string()), { a: null, b: "c" }).value, { b: "c" });
  assert.deepEqual(shown(errors(object({ a: string() }), { a: null })), ["a: Empty: expected a string"]);
  assert.deepEqual(shown(errors(array(string()), [null])), ["0: Empty: expected a string"]);
  assert.deepEqual(validate(array(string({ default: "x" })), [null]).value, ["x"]);
  const refused = (schema: Schema) => shown(validate(schema, { a: null }, { empty: "refuse" }).errors);
  assert.deepEqual(refused(object({ a: optional(string()) })), ["a: Empty: expected a string"]);
  assert.deepEqual(refused(map(string())), ["a: Empty: expected a string"]);
  assert.deepEqual(refused(object({ a: string({ default: "x" }) })), []);
  const nullable = object({ a: string({ nullable: true, minLength: 1, default: "x" }) });
  assert.deepEqual(validate(nullable, { a: null }), { value: { a: null }, errors: [], unknown: [] });
  assert.deepEqual(validate(nullable, {}).value, { a: "x" });
});

test("Checks run on sound values only, with defaults, and beside errors elsewhere", () => {
  const seen: unknown[] = [];
  const pair = object(
    { a: integer({ default: 1 }), b: integer({ default: 2 }) },
    {
      checks: [
        (value, fail) => {
          seen.push(value);
          if (value.a > value.b) fail("a is more than b", ["a"]);
        },
      ],
    },
  );
  const schema = array(pair, { checks: [() => seen.push("list")] });
  assert.deepEqual(shown(errors(schema, [{ a: "x" }, { a: 3 }, {}])), [
    "0.a: Expected a whole number, found a string",
    "1.a: a is more than b",
  ]);
  assert.deepEqual(seen, [
    { a: 3, b: 2 },
    { a: 1, b: 2 },
  ]);
  // A broken rule is no broken shape: the rules around it are looked at too.
  validate(schema, [{ a: 3 }]);
  assert.equal(seen.at(-1), "list");
});

test("Names that JavaScript knows are names like others", () => {
  const json = JSON.parse('{"__proto__": "a", "constructor": "b", "toString": "c"}');
  assert.equal(errors(object({}), json).length, 3);
  const { value } = validate(map(string()), json);
  assert.equal(JSON.stringify(value), '{"__proto__":"a","constructor":"b","toString":"c"}');
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(JSON.stringify(validate(open({}), json).value), JSON.stringify(json));
  assert.deepEqual(shown(errors(object({ toString: string() }), {})), ['toString: Missing field "toString"']);
});

test("A message never repeats more of a value than helps", () => {
  const [error] = errors(string({ pattern: "^a$" }), "b".repeat(100_000));
  assert.ok(error!.message.length < 200);
});

test("The type of a value follows from its schema", () => {
  const schema = object({
    mode: string({ enum: ["On", "Off"], default: "On" }),
    list: optional(array(integer())),
    map: map(boolean()),
  });
  const typed: Infer<typeof schema> = { mode: "Off", map: { a: true } };
  const same: { readonly mode: "On" | "Off"; readonly list?: readonly number[] } = typed;
  // @ts-expect-error not in the enumeration
  const wrong: Infer<typeof schema> = { mode: "on", map: {} };
  // @ts-expect-error readonly
  same.mode = "On";
  assert.notDeepEqual(typed, wrong);
});

test("Any JSON can be validated by any kind", () => {
  const names = fc.constantFrom(
    "apiVersion",
    "kind",
    "metadata",
    "spec",
    "rules",
    "matches",
    "listeners",
    "name",
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 8 },
      fc.jsonValue(),
      fc.dictionary(fc.oneof(names, fc.string()), tie("tree")),
      fc.array(tie("tree")),
    ),
  }));
  fc.assert(
    fc.property(fc.constantFrom(...kinds), tree, fc.option(tree), (kind, value, previous) => {
      const result = validate(kind.versions[0]!.schema, value, { previous: previous ?? undefined });
      for (const { path } of result.errors) assert.ok(Array.isArray(path));
    }),
    { numRuns: 300 },
  );
});

test("A valid value with one part replaced by anything is accepted or refused, never thrown at", () => {
  const paths: (string | number)[][] = [];
  const collect = (value: unknown, path: (string | number)[]) => {
    if (path.length > 0) paths.push(path);
    if (Array.isArray(value)) value.forEach((item, index) => collect(item, [...path, index]));
    else if (typeof value === "object" && value !== null) {
      for (const [name, each] of Object.entries(value)) collect(each, [...path, name]);
    }
  };
  collect(full, []);
  const schema = kinds.find(({ kind }) => kind === "HTTPRoute")!.versions[0]!.schema;
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
      const changed: unknown = structuredClone(full);
      let at = changed as Record<string | number, unknown>;
      for (const segment of path.slice(0, -1)) at = at[segment] as Record<string | number, unknown>;
      at[path.at(-1)!] = value;
      validate(schema, changed);
    }),
    { numRuns: 2000 },
  );
});
