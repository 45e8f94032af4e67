import { evaluate, type Step } from "./json-path-steps.ts";
import { Parser } from "./json-path-parser.ts";

/** The values that the path leads to, none when there is nothing there; `undefined` when it cannot be walked. */
export type JsonPath = (value: unknown) => readonly unknown[] | undefined;

/**
 * Compiles a path of the JSONPath dialect that printer columns and kubectl share: `.a.b`, `['a']`, `[0]`, `[-1]`,
 * `[1:4:2]`, `[*]`, `.*`, `..a`, `[0,2]`, `[?(@.type=="Ready")]`; the first dot, `$` or `@` may be left out.
 * As there, `['a.b']` means `.a.b` and a dot within a name is written `\.`.
 * A text that is no such path is a SyntaxError that says where it is wrong.
 */
export function parseJsonPath(text: string): JsonPath {
  const steps: readonly Step[] = new Parser(text).whole();
  return (value) => evaluate(steps, value);
}
