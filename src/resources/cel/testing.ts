import assert from "node:assert/strict";
import { test } from "node:test";

import { Budget } from "./budget.ts";
import { compileExpression } from "./cel.ts";
import { CelError } from "./error.ts";

/** Expressions by what kube-apiserver 1.36 makes of them. */
interface Verdicts {
  readonly yes?: readonly string[];
  readonly no?: readonly string[];
  /** Compiled, but without a value. */
  readonly fails?: readonly string[];
  /** Not compiled. */
  readonly refused?: readonly string[];
}

export function evaluate(text: string): unknown {
  return compileExpression(text, {}).evaluate({}, new Budget());
}

/** One test per verdict; every expression that gets another one is named. */
export function judge(what: string, { yes = [], no = [], fails = [], refused = [] }: Verdicts): void {
  for (const [verdict, texts] of Object.entries({ yes, no, fails, refused })) {
    if (texts.length > 0) {
      test(`${what}: ${verdict}`, () => {
        const actual = texts.map((text) => [text, verdictOn(text)]);
        assert.deepEqual(
          actual,
          texts.map((text) => [text, verdict]),
        );
      });
    }
  }
}

function verdictOn(text: string): string {
  let compiled;
  try {
    compiled = compileExpression(text, {});
  } catch (error) {
    assert.ok(error instanceof CelError, text);
    return "refused";
  }
  try {
    const value = compiled.evaluate({}, new Budget());
    return value === true ? "yes" : value === false ? "no" : `gives ${String(value)}`;
  } catch (error) {
    assert.ok(error instanceof CelError, text);
    return "fails";
  }
}
