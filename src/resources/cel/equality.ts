import type { Frame } from "./budget.ts";
import { equal, equalTyped, hasUnordered } from "./equal.ts";
import type { Node } from "./node.ts";
import { BOOL, isDyn, type Type } from "./types.ts";

/** Values of these types are equal when they are identical. */
function identical(type: Type): boolean {
  return type.kind === "string" || type.kind === "int" || type.kind === "bool";
}

/** Only comparisons of longer strings are worth counting. */
const LONG = 100;

function chargeText(frame: Frame, value: unknown): void {
  if (typeof value === "string" && value.length > LONG) {
    frame.spendText(value.length);
  }
}

/** `==` and `!=`. The types have been found comparable. */
export function comparison(negated: boolean, left: Node, right: Node): Node {
  const a = left.run;
  const b = right.run;
  const cost = left.cost + right.cost + 1;
  if (identical(left.type) && identical(right.type)) {
    if (right.constant !== undefined) {
      const { value } = right.constant;
      return {
        type: BOOL,
        cost,
        run: negated ? (frame) => a(frame) !== value : (frame) => a(frame) === value,
      };
    }
    return {
      type: BOOL,
      cost,
      run: (frame) => {
        const value = a(frame);
        chargeText(frame, value);
        return (value === b(frame)) !== negated;
      },
    };
  }
  const { type } = left;
  if (!isDyn(type) && !isDyn(right.type) && hasUnordered(type)) {
    return { type: BOOL, cost, run: (frame) => equalTyped(frame, type, a(frame), b(frame)) !== negated };
  }
  return { type: BOOL, cost, run: (frame) => equal(frame, a(frame), b(frame)) !== negated };
}

/** `in` for lists of strings, ints and bools; other cases are overloads. */
export function membership(item: Node, range: Node): Node | undefined {
  if (range.type.kind !== "list" || !identical(range.type.params[0]!) || !identical(item.type)) {
    return undefined;
  }
  const a = item.run;
  const cost = item.cost + range.cost + 1;
  if (range.constant !== undefined) {
    const values = range.constant.value as readonly unknown[];
    return { type: BOOL, cost: cost + values.length, run: (frame) => values.includes(a(frame)) };
  }
  const b = range.run;
  return {
    type: BOOL,
    cost,
    run: (frame) => {
      const value = a(frame);
      const values = b(frame) as readonly unknown[];
      frame.spend(values.length);
      if (typeof value === "string" && value.length > LONG) {
        frame.spend((values.length * value.length) / LONG);
      }
      return values.includes(value);
    },
  };
}
