import { CelError, position } from "./error.ts";
import type { Expr } from "./syntax.ts";

/** Levels that an expression may nest: all that works on one goes down by recursion. */
export const MAX_DEPTH = 500;

/** Throws `CelError` when a tree is deeper than is allowed, as chains of `+` or of selections make it. */
export function checkDepth(text: string, expr: Expr, depth = 0): void {
  if (depth > MAX_DEPTH) {
    throw new CelError(`${position(text, expr.at)}: the expression nests too deeply`);
  }
  const check = (inner: Expr | undefined): void => {
    if (inner !== undefined) {
      checkDepth(text, inner, depth + 1);
    }
  };
  switch (expr.kind) {
    case "literal":
    case "ident":
      return;
    case "select":
      return check(expr.operand);
    case "call":
      check(expr.target);
      return expr.args.forEach(check);
    case "list":
      return expr.items.forEach(({ value }) => check(value));
    case "map":
      return expr.entries.forEach(({ key, value }) => {
        check(key);
        check(value);
      });
    case "fold":
      check(expr.range);
      check(expr.filter);
      check(expr.body);
  }
}
