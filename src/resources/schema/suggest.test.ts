import assert from "node:assert/strict";
import { test } from "node:test";
import { suggest } from "./suggest.ts";

const names = ["hostnames", "parentRefs", "rules", "port"];

test("A slip of the keyboard is recognised", () => {
  assert.equal(suggest("hostname", names), "hostnames");
  assert.equal(suggest("parentrefs", names), "parentRefs");
  assert.equal(suggest("rulse", names), "rules");
  assert.equal(suggest("prot", names), "port");
});

test("Another word is not", () => {
  assert.equal(suggest("filters", names), undefined);
  assert.equal(suggest("", names), undefined);
  assert.equal(suggest("x".repeat(1000), ["x".repeat(1001)]), undefined);
});

test("The nearest wins, the first among equals", () => {
  assert.equal(suggest("Sane", ["Some", "Same"]), "Same");
  assert.equal(suggest("ab", ["ac", "ad"]), "ac");
});
