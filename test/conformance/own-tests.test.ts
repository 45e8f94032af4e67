import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { features } from "../../src/resources/feature.ts";
import { root } from "../../tools/run-command.ts";
import { hollowTests, untestedFeatures } from "./own-tests.ts";

test("the tests that stand in for the suite's are there", () => {
  const files = [
    ...Object.values(hollowTests).flatMap(({ ours }) => ours),
    ...Object.values(untestedFeatures).flat(),
  ];
  assert.deepEqual(
    files.filter((file) => !existsSync(join(root, file))),
    [],
  );
});

test("what is tested by us alone is declared", () => {
  const declared = new Set(features.map(({ name }) => name));
  assert.deepEqual(
    Object.keys(untestedFeatures).filter((name) => !declared.has(name)),
    [],
  );
});
