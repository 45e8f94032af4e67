import { CelError } from "./error.ts";
import type { Node } from "./node.ts";
import type { Scope } from "./scope.ts";
import type { Call } from "./syntax.ts";
import { assignable, BOOL, join, typeText } from "./types.ts";
import { typeName } from "./values.ts";

/** For operands whose type is known only now. */
function asBool(value: unknown): boolean {
  if (typeof value !== "boolean") {
    throw new CelError(`no such overload: expected bool, not ${typeName(value)}`);
  }
  return value;
}

/** A node whose value is a bool for certain. */
export function boolRun(node: Node): (frame: Parameters<Node["run"]>[0]) => boolean {
  const { run } = node;
  return node.type.kind === "bool" ? (run as () => boolean) : (frame) => asBool(run(frame));
}

/** An error that does not matter takes longer to make than most values. */
export const ABSORBED = 5;

/** `&&` and `||`: an error on one side does not matter when the other side decides. */
export function logical(expr: Call, left: Node, right: Node): Node {
  const decisive = expr.name === "_||_";
  const runLeft = boolRun(left);
  const runRight = boolRun(right);
  const rightCost = right.cost;
  return {
    type: BOOL,
    cost: left.cost + 1,
    run: (frame) => {
      let value: boolean;
      try {
        value = runLeft(frame);
      } catch (error) {
        if (!(error instanceof CelError) || error.exhausted) {
          throw error;
        }
        frame.spend(rightCost + ABSORBED);
        if (runRight(frame) === decisive) {
          return decisive;
        }
        throw error;
      }
      if (value === decisive) {
        return decisive;
      }
      frame.spend(rightCost);
      return runRight(frame);
    },
  };
}

export function conditional(scope: Scope, at: number, condition: Node, yes: Node, no: Node): Node {
  if (!assignable(yes.type, no.type) && !assignable(no.type, yes.type)) {
    const types = `${typeText(yes.type)} and ${typeText(no.type)}`;
    throw scope.error(at, `no such overload: the branches of a condition must have one type, not ${types}`);
  }
  const test = boolRun(condition);
  return {
    type: join(yes.type, no.type),
    cost: condition.cost + 1,
    run: (frame) => {
      const chosen = test(frame) ? yes : no;
      frame.spend(chosen.cost);
      return chosen.run(frame);
    },
  };
}
