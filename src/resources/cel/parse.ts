import { checkDepth } from "./depth.ts";
import { CelError } from "./error.ts";
import { Parser } from "./parser.ts";
import type { Expr } from "./syntax.ts";

/** As in kube-apiserver's parser: longer expressions are refused. */
const MAX_LENGTH = 100_000;

const KNOWN_MAX = 2000;
const known = new Map<string, Expr>();

/** Parses an expression; macros come out as `fold`. Throws `CelError` with the position. */
export function parse(text: string): Expr {
  let expr = known.get(text);
  if (expr === undefined) {
    expr = parseNew(text);
    if (known.size >= KNOWN_MAX) {
      known.clear();
    }
    known.set(text, expr);
  }
  return expr;
}

function parseNew(text: string): Expr {
  if (text.length > MAX_LENGTH) {
    throw new CelError(`the expression has ${text.length} characters, at most ${MAX_LENGTH} are allowed`);
  }
  try {
    const expr = new Parser(text).whole();
    checkDepth(text, expr);
    return expr;
  } catch (error) {
    // Who calls may have used most of the stack.
    throw error instanceof RangeError ? new CelError("the expression nests too deeply") : error;
  }
}
