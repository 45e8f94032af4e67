import assert from "node:assert/strict";
import { test } from "node:test";
import { toProtobuf } from "./v2-protobuf.ts";

interface Field {
  readonly number: number;
  readonly value: number | Buffer;
}

/** The fields of a message, in order. */
function decode(message: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let next = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[next++]!;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (next < message.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    if (key % 8 === 0) {
      fields.push({ number, value: varint() });
    } else if (key % 8 === 1) {
      fields.push({ number, value: message.readDoubleLE(next) });
      next += 8;
    } else {
      const length = varint();
      fields.push({ number, value: message.subarray(next, (next += length)) });
    }
  }
  return fields;
}

/** All values of the fields on this way through a message. */
function values(message: Buffer, ...path: readonly number[]): readonly (number | string)[] {
  const [first, ...rest] = path;
  return decode(message)
    .filter(({ number }) => number === first)
    .flatMap(({ value }) => {
      if (typeof value === "number") return [value];
      return rest.length > 0 ? values(value, ...rest) : [value.toString()];
    });
}

const GVK = "x-kubernetes-group-version-kind";

/** The schema of the only definition. */
function schema(definition: object): Buffer {
  const document = {
    swagger: "2.0",
    info: { title: "t", version: "v" },
    paths: {},
    definitions: { "a.B": definition },
  };
  const definitions = decode(toProtobuf(document)).find(({ number }) => number === 9);
  const [entry] = decode(definitions!.value as Buffer);
  return decode(entry!.value as Buffer)[1]!.value as Buffer;
}

const scalars: readonly (readonly [string, unknown, readonly number[], string | number])[] = [
  ["$ref", "#/definitions/x", [1], "#/definitions/x"],
  ["format", "int32", [2], "int32"],
  ["description", "é".repeat(100), [4], "é".repeat(100)],
  ["default", { a: 1 }, [5, 2], '{"a":1}'],
  ["multipleOf", 0.5, [6], 0.5],
  ["maximum", 1e10, [7], 1e10],
  ["exclusiveMaximum", true, [8], 1],
  ["minimum", -1, [9], -1],
  ["maxLength", 300, [11], 300],
  ["minLength", 1, [12], 1],
  ["pattern", "^a$", [13], "^a$"],
  ["maxItems", 2 ** 40, [14], 2 ** 40],
  ["maxProperties", 3, [17], 3],
  ["required", ["spec"], [19], "spec"],
  ["enum", ["x"], [20, 2], '"x"'],
  ["additionalProperties", { type: "string" }, [21, 1, 22, 1], "string"],
  ["additionalProperties", true, [21, 2], 1],
  ["type", "object", [22, 1], "object"],
  ["items", { type: "string" }, [23, 1, 22, 1], "string"],
  ["properties", { a: { type: "string" } }, [25, 1, 1], "a"],
  ["properties", { a: { type: "string" } }, [25, 1, 2, 22, 1], "string"],
  [GVK, [{ kind: "B" }], [31, 1], GVK],
  [GVK, [{ kind: "B" }], [31, 2, 2], '[{"kind":"B"}]'],
];
for (const [keyword, value, path, expected] of scalars) {
  test(`protobuf of ${keyword} at ${path.join(".")}`, () => {
    assert.deepEqual(values(schema({ [keyword]: value }), ...path), [expected]);
  });
}

test("what is empty is not written", () => {
  assert.equal(schema({ description: "", minimum: 0, minLength: 0, uniqueItems: false }).length, 0);
});

test("protobuf of a path with an operation and parameters", () => {
  const operation = {
    tags: ["core_v1"],
    operationId: "patchThing",
    consumes: ["application/merge-patch+json"],
    produces: ["application/json"],
    schemes: ["https"],
    parameters: [
      { in: "body", name: "body", required: true, schema: { $ref: "#/definitions/a.B" } },
      { in: "query", name: "dryRun", type: "string", uniqueItems: true },
    ],
    responses: {
      200: { description: "OK", schema: { $ref: "#/definitions/a.B" } },
      401: { description: "No" },
    },
    [GVK]: { group: "", version: "v1", kind: "B" },
  };
  const parameters = [{ in: "path", name: "name", required: true, type: "string", uniqueItems: true }];
  const document = toProtobuf({
    swagger: "2.0",
    info: { title: "Kubernetes", version: "v1" },
    paths: { "/things/{name}": { patch: operation, parameters } },
    definitions: {},
  });
  assert.deepEqual(values(document, 1), ["2.0"]);
  assert.deepEqual(values(document, 2, 1), ["Kubernetes"]);
  assert.deepEqual(values(document, 8, 2, 1), ["/things/{name}"]);
  const patch = [8, 2, 2, 8];
  assert.deepEqual(values(document, ...patch, 1), ["core_v1"]);
  assert.deepEqual(values(document, ...patch, 5), ["patchThing"]);
  assert.deepEqual(values(document, ...patch, 7), ["application/merge-patch+json"]);
  assert.deepEqual(values(document, ...patch, 8, 1, 1, 2), ["body"]);
  assert.deepEqual(values(document, ...patch, 8, 1, 1, 5, 1), ["#/definitions/a.B"]);
  assert.deepEqual(values(document, ...patch, 8, 1, 2, 3, 4), ["dryRun"]);
  assert.deepEqual(values(document, ...patch, 8, 1, 2, 3, 20), [1]);
  assert.deepEqual(values(document, ...patch, 9, 1, 1), ["200", "401"]);
  assert.deepEqual(values(document, ...patch, 9, 1, 2, 1, 2, 1, 1), ["#/definitions/a.B"]);
  assert.deepEqual(values(document, ...patch, 13, 1), [GVK]);
  assert.deepEqual(values(document, 8, 2, 2, 9, 1, 2, 4, 4), ["name"]);
  assert.deepEqual(values(document, 8, 2, 2, 9, 1, 2, 4, 19), [1]);
});

test("a document of any size, with schemas of some depth", () => {
  const many = Object.fromEntries(
    Array.from({ length: 50_000 }, (_, index) => [`p${index}`, { type: "string" }]),
  );
  assert.equal(values(schema({ properties: many }), 25, 1, 1).length, 50_000);
  let deep: object = { type: "string" };
  for (let level = 0; level < 200; level++) deep = { items: deep };
  const path = Array.from({ length: 200 }, () => [23, 1]).flat();
  assert.deepEqual(values(schema(deep), ...path, 22, 1), ["string"]);
});
