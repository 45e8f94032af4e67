import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromOpenApi } from "./from-openapi.ts";
import { toOpenApi } from "./openapi.ts";
import type { ObjectSchema, Schema } from "./schema.ts";
import { validate } from "./validate.ts";

const metadata: ObjectSchema = { type: "object", fields: {}, open: true };

const limits = { min: fc.integer({ min: -5, max: 5 }), max: fc.integer({ min: 0, max: 9 }) };
const partly = { requiredKeys: [] as [] };
const { schema: schemas } = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc
      .record(
        { pattern: fc.constantFrom("^a", "b$"), minLength: fc.constantFrom(0, 1), maxLength: limits.max },
        partly,
      )
      .map((rules): Schema => ({ type: "string", ...rules })),
    fc
      .record({ ...limits, multipleOf: fc.constantFrom(1, 2), exclusiveMin: fc.constant(true) }, partly)
      .map((rules): Schema => ({ type: "integer", ...rules })),
    fc
      .record({ ...limits, exclusiveMax: fc.constant(true) }, partly)
      .map((rules): Schema => ({ type: "number", ...rules })),
    fc.constantFrom<Schema>(
      { type: "boolean" },
      { type: "intOrString" },
      { type: "any" },
      { type: "string", enum: ["a", "b"], default: "a" },
      { type: "string", nullable: true },
      { type: "integer", not: { minimum: 3 } },
    ),
    fc
      .tuple(tie("schema"), fc.record({ minItems: fc.constantFrom(0, 1), maxItems: limits.max }, partly))
      .map(([items, rules]): Schema => ({ type: "array", listType: "atomic", ...rules, items })),
    fc
      .tuple(
        tie("schema"),
        fc.record({ minProperties: fc.constantFrom(0, 1), maxProperties: limits.max }, partly),
      )
      .map(([values, rules]): Schema => ({ type: "map", ...rules, values })),
    fc
      .tuple(
        fc.dictionary(fc.constantFrom("a", "b", "c", "__proto__"), fc.tuple(tie("schema"), fc.boolean()), {
          maxKeys: 3,
        }),
        fc.boolean(),
      )
      .map(([fields, open]): Schema => ({
        type: "object" as const,
        open,
        fields: Object.fromEntries(
          Object.entries(fields).map(([name, [field, optional]]) => [
            name,
            optional ? { ...field, optional } : field,
          ]),
        ) as Record<string, Schema>,
      })),
  ),
}));

const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown>(null, "", "a", "ab", "b", 0, 1, 2, 4, 1.5, -3, true, [], {}),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "c", "d"), tie("value"), { maxKeys: 3 }),
  ),
})).value;

test("A schema that went through OpenAPI says the same of every value", () => {
  fc.assert(
    fc.property(schemas, fc.array(values, { minLength: 5, maxLength: 10 }), (schema, given) => {
      const { schema: back, errors } = fromOpenApi(JSON.parse(JSON.stringify(toOpenApi(schema))));
      assert.deepEqual(errors, []);
      for (const value of given) {
        const [one, other] = [validate(schema, value), validate(back, value)];
        assert.deepEqual(
          other.errors.map(({ path }) => path),
          one.errors.map(({ path }) => path),
        );
        assert.deepEqual(other.value, one.value);
        assert.deepEqual(other.unknown, one.unknown);
      }
    }),
    { numRuns: 300 },
  );
});

function errorsOf(properties: object, more: object = {}): string[] {
  const { errors } = fromOpenApi({ type: "object", properties, ...more }, { metadata });
  return errors.map(({ path }) => path.join("."));
}

const name = { type: "string" };
const refused: readonly (readonly [what: string, schema: object, at: string])[] = [
  ["no type", {}, "type"],
  ["an unknown type", { type: "text" }, "type"],
  ["type null", { type: "null" }, "type"],
  ["a keyword of the wrong sort", { type: "string", maxLength: "5" }, "maxLength"],
  ["a list without items", { type: "array" }, "items"],
  ["a list of item schemas", { type: "array", items: [{ type: "string" }] }, "items"],
  [
    "fields and entries",
    { type: "object", properties: { a: name }, additionalProperties: name },
    "additionalProperties",
  ],
  ["references", { type: "object", $ref: "#/a" }, "$ref"],
  ["unique items", { type: "array", items: name, uniqueItems: true }, "uniqueItems"],
  ["a pattern that is none", { type: "string", pattern: "(" }, "pattern"],
  ["a pattern that is not RE2", { type: "string", pattern: "(?=a)" }, "pattern"],
  ["a type in a junctor", { type: "string", anyOf: [{ type: "string" }] }, "anyOf.0.type"],
  ["a default in a junctor", { type: "string", allOf: [{ default: "a" }] }, "allOf.0.default"],
  ["a description in a junctor", { type: "string", not: { description: "a" } }, "not.description"],
  [
    "a field that only a junctor has",
    { type: "object", anyOf: [{ properties: { a: {} } }] },
    "anyOf.0.properties.a",
  ],
  ["a bad default", { type: "string", default: 1 }, "default"],
  ["a default with unknown fields", { type: "object", properties: {}, default: { a: 1 } }, "default.a"],
  [
    "false where only true is said",
    { type: "object", "x-kubernetes-preserve-unknown-fields": false },
    "x-kubernetes-preserve-unknown-fields",
  ],
  ["a list type on a map", { type: "object", "x-kubernetes-list-type": "set" }, "type"],
  [
    "a map list without keys",
    { type: "array", "x-kubernetes-list-type": "map", items: { type: "object" } },
    "x-kubernetes-list-map-keys",
  ],
  [
    "a key that is no field",
    {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["a"],
      items: { type: "object" },
    },
    "x-kubernetes-list-map-keys",
  ],
  [
    "a key that may be absent",
    {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["a"],
      items: { type: "object", properties: { a: name } },
    },
    "items.properties.a.default",
  ],
  [
    "a set of granular objects",
    { type: "array", "x-kubernetes-list-type": "set", items: { type: "object" } },
    "items.x-kubernetes-map-type",
  ],
  [
    "an embedded resource of another type",
    { type: "string", "x-kubernetes-embedded-resource": true },
    "type",
  ],
  [
    "a rule that does not compile",
    { ...name, "x-kubernetes-validations": [{ rule: "self.x" }] },
    "x-kubernetes-validations.0.rule",
  ],
  [
    "a rule that is no condition",
    { ...name, "x-kubernetes-validations": [{ rule: "self" }] },
    "x-kubernetes-validations.0.rule",
  ],
  [
    "a message of two lines",
    { ...name, "x-kubernetes-validations": [{ rule: "true", message: "a\nb" }] },
    "x-kubernetes-validations.0.message",
  ],
  [
    "oldSelf where nothing can be told",
    { type: "array", items: { ...name, "x-kubernetes-validations": [{ rule: "self == oldSelf" }] } },
    "items.x-kubernetes-validations.0.rule",
  ],
  [
    "optionalOldSelf for nothing",
    { ...name, "x-kubernetes-validations": [{ rule: "true", optionalOldSelf: true }] },
    "x-kubernetes-validations.0.optionalOldSelf",
  ],
];

test("What an API server refuses in a schema is refused, at its place", () => {
  for (const [what, schema, at] of refused) {
    assert.ok(
      errorsOf({ spec: schema }).includes(`properties.spec.${at}`),
      `${what}: ${JSON.stringify(errorsOf({ spec: schema }))}`,
    );
  }
  assert.deepEqual(errorsOf({ metadata: { type: "object", properties: { labels: { type: "object" } } } }), [
    "properties.metadata",
  ]);
  assert.deepEqual(errorsOf({}, { additionalProperties: true }), ["additionalProperties"]);
  assert.deepEqual(errorsOf({}, { nullable: true }), ["nullable"]);
  assert.deepEqual(errorsOf({ apiVersion: { type: "integer" } }), ["properties.apiVersion.type"]);
  assert.deepEqual(errorsOf({ kind: { type: "string", default: "A" } }), ["properties.kind.default"]);
});

test("Any JSON is a schema or refused, never thrown at", () => {
  const keywords = fc.constantFrom(
    "type",
    "properties",
    "items",
    "allOf",
    "enum",
    "default",
    "pattern",
    "required",
    "not",
    "additionalProperties",
    "x-kubernetes-list-type",
    "x-kubernetes-validations",
    "x-kubernetes-int-or-string",
    "a",
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<unknown>("object", "array", "string", "map", null, true, 1, "(", "a"),
      fc.dictionary(keywords, tie("tree"), { maxKeys: 5 }),
      fc.array(tie("tree"), { maxLength: 3 }),
    ),
  }));
  fc.assert(
    fc.property(tree, values, (openapi, value) => {
      const { schema, errors } = fromOpenApi(openapi);
      if (errors.length === 0) validate(schema, value);
    }),
    { numRuns: 1000 },
  );
});

test("A keyword that is null is one that is not there, at any depth", () => {
  const bare = { type: "object", properties: { a: { type: "string" } } };
  const full = {
    ...bare,
    not: null,
    allOf: null,
    required: null,
    properties: { a: { type: "string", enum: null, pattern: null, anyOf: null, default: null } },
  };
  assert.deepEqual(fromOpenApi(full), fromOpenApi(bare));
  const items = { allOf: [{ not: null }], not: { enum: null, pattern: "^x" } };
  const { schema, errors } = fromOpenApi({ type: "array", items: { type: "string", ...items } });
  assert.deepEqual(errors, []);
  assert.deepEqual(validate(schema, ["a"]).errors, []);
  assert.equal(validate(schema, ["x"]).errors.length, 1);
});

test("Types that JSON schema has not are those of the API server", () => {
  const either = {
    "x-kubernetes-int-or-string": true,
    anyOf: [{ type: "integer" }, { type: "string" }],
    pattern: "^[0-9]+%$",
  };
  const { schema, errors } = fromOpenApi(either);
  assert.deepEqual(errors, []);
  for (const good of [5, "5%"]) assert.deepEqual(validate(schema, good).errors, []);
  for (const bad of ["5", true, 1.5]) assert.equal(validate(schema, bad).errors.length, 1);
  const embedded = {
    type: "object",
    "x-kubernetes-embedded-resource": true,
    "x-kubernetes-preserve-unknown-fields": true,
  };
  const resource = fromOpenApi(embedded).schema;
  assert.deepEqual(validate(resource, { apiVersion: "v1", kind: "Pod", spec: { a: 1 } }).errors, []);
  assert.equal(validate(resource, { apiVersion: "a/b/c", kind: "" }).errors.length, 2);
  assert.equal(validate(resource, {}).errors.length, 2);
});

test("A user's pattern takes linear time", () => {
  const { schema, errors } = fromOpenApi({ type: "string", pattern: "^(a+)+$" });
  assert.deepEqual(errors, []);
  assert.equal(validate(schema, `${"a".repeat(5000)}!`).errors.length, 1);
});
