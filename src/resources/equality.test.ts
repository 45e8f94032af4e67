import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { equalContent, equalValues } from "./equality.ts";
import type { Resource } from "./resource.ts";

test("Equal JSON is equal whatever the order of its fields", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const copy = JSON.parse(JSON.stringify(value));
      assert.ok(equalValues(JSON.parse(JSON.stringify(value)), reversed(copy)));
    }),
  );
});

test("Different JSON is different", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const left = JSON.parse(JSON.stringify(a));
      const right = JSON.parse(JSON.stringify(b));
      assert.equal(equalValues(left, right), canonical(left) === canonical(right));
    }),
  );
  assert.ok(!equalValues([1], { 0: 1, length: 1 }));
  assert.ok(!equalValues({ a: undefined }, { b: undefined }));
  assert.ok(!equalValues({}, Object.create({ a: 1 }, { b: { value: 1, enumerable: true } })));
});

function object(labels: Record<string, string>, data: string): Resource {
  const metadata = { name: "a", labels };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { data } } as unknown as Resource;
}

test("Content is everything but metadata", () => {
  assert.ok(equalContent(object({}, "x"), object({ a: "b" }, "x")));
  assert.ok(!equalContent(object({}, "x"), object({}, "y")));
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, each]) => [name, reversed(each)]),
  );
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const names = Object.keys(value).toSorted();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical((value as Record<string, unknown>)[name])}`).join()}}`;
}
