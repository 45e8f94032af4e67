import assert from "node:assert/strict";
import { test } from "node:test";
import { toV2Schema } from "./v2-schema.ts";

const cases: Readonly<Record<string, readonly [v3: object, v2: object]>> = {
  "plain values": [
    { type: "integer", format: "int32", minimum: 1, description: "A count." },
    { type: "integer", format: "int32", minimum: 1, description: "A count." },
  ],
  references: [{ $ref: "#/components/schemas/a.B" }, { $ref: "#/definitions/a.B" }],
  "references with a description": [
    { allOf: [{ $ref: "#/components/schemas/a.B" }], description: "It.", default: {} },
    { $ref: "#/definitions/a.B", description: "It." },
  ],
  "junctors are dropped": [
    { type: "string", allOf: [{ maxLength: 1 }], anyOf: [{}], oneOf: [{}], not: { minLength: 2 } },
    { type: "string" },
  ],
  "int or string is any value": [
    { anyOf: [{ type: "integer" }, { type: "string" }], "x-kubernetes-int-or-string": true },
    { "x-kubernetes-int-or-string": true },
  ],
  "nullable is any value, and not required": [
    {
      type: "object",
      required: ["a", "b"],
      properties: {
        a: { type: "object", nullable: true, properties: { x: { type: "string" } } },
        b: { type: "string" },
      },
    },
    { type: "object", required: ["b"], properties: { a: {}, b: { type: "string" } } },
  ],
  "nothing required is not said": [
    { type: "object", required: ["a"], properties: { a: { type: "string", nullable: true } } },
    { type: "object", properties: { a: {} } },
  ],
  "unknown fields make any value": [
    { type: "object", "x-kubernetes-preserve-unknown-fields": true, properties: { a: { type: "string" } } },
    { "x-kubernetes-preserve-unknown-fields": true },
  ],
  "arrays need items": [{ type: "array" }, {}],
  "arrays and maps": [
    { type: "array", items: { type: "object", additionalProperties: { type: "string", not: {} } } },
    { type: "array", items: { type: "object", additionalProperties: { type: "string" } } },
  ],
  "properties with the names of words": [
    {
      type: "object",
      properties: { allOf: { type: "string" }, type: { type: "string" }, nullable: { type: "string" } },
    },
    {
      type: "object",
      properties: { allOf: { type: "string" }, type: { type: "string" }, nullable: { type: "string" } },
    },
  ],
};

for (const [name, [v3, v2]] of Object.entries(cases)) {
  test(`OpenAPI v2: ${name}`, () => assert.deepEqual(toV2Schema({ ...v3 }), v2));
}
