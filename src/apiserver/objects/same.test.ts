import assert from "node:assert/strict";
import { test } from "node:test";
import { isSame } from "./same.ts";

const object = (time: string, value: number, fields = {}) => ({
  metadata: { name: "a", managedFields: [{ manager: "m", time, fieldsV1: fields }] },
  spec: { value },
});

test("times of managers make no difference, everything else does", () => {
  assert.equal(isSame(object("then", 1), object("now", 1)), true);
  assert.equal(isSame(object("then", 1), object("now", 2)), false);
  assert.equal(isSame(object("then", 1, { "f:spec": {} }), object("now", 1)), false);
  assert.equal(isSame({ spec: 1 }, { spec: 1 }), true);
});
