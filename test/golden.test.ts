import assert from "node:assert/strict";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { test } from "node:test";
import type { Condition } from "../src/resources/condition.ts";
import { keyOf, type Resource } from "../src/resources/resource.ts";
import type { WantedStatus } from "../src/resources/wanted-status.ts";
import { parseCase, withResults } from "./golden/case.ts";
import { renderProgram, renderStatuses, toYaml } from "./golden/render.ts";
import { translateCase } from "./golden/translate.ts";

// `UPDATE_GOLDEN=1` writes what translate says into the cases instead of comparing; read the diff.
const isUpdate = process.env["UPDATE_GOLDEN"] === "1";
const files = globSync(`${import.meta.dirname}/cases/*.yaml`).toSorted();

test("there are cases", () => assert.ok(files.length > 0));

for (const file of files) {
  test(basename(file, ".yaml"), () => {
    const text = readFileSync(file, "utf8");
    const given = parseCase(basename(file), text);
    const result = translateCase(given);
    const program = renderProgram(result.program);
    const statuses = renderStatuses(result.statuses);
    if (isUpdate) {
      const isSame = equalData(given.program, program) && equalData(given.statuses, statuses);
      if (!isSame) writeFileSync(file, withResults(basename(file), text, toYaml(program), toYaml(statuses)));
    } else {
      assert.deepEqual(given.program, program, "program");
      assert.deepEqual(given.statuses, statuses, "statuses");
    }
    for (const status of result.statuses.values()) checkGenerations(status, result.resources);
  });
}

/** "observedGeneration on every condition": a case never says it, since it is always the object's own. */
function checkGenerations(status: WantedStatus, resources: readonly Resource[]): void {
  const generation = resources.find((object) => keyOf(object) === status.key)?.metadata.generation;
  JSON.stringify(status, (key, value: unknown) => {
    if (key === "conditions") {
      for (const condition of value as Condition[]) assert.equal(condition.observedGeneration, generation);
    }
    return value;
  });
}

function equalData(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
