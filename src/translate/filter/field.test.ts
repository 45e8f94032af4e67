import assert from "node:assert/strict";
import { test } from "node:test";
import { wireValue } from "./field.ts";

test("Values of header fields travel as UTF-8, one character of the program for one byte", () => {
  assert.equal(wireValue("Zürich"), "ZÃ¼rich");
  assert.equal(wireValue("Köln"), "KÃ¶ln");
  assert.equal(wireValue("plain"), "plain");
});
