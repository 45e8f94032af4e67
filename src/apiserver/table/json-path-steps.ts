import { isJsonObject } from "../../resources/json.ts";

/** What is left of the work that one evaluation may do; nested filters and `..` multiply. */
interface Budget {
  left: number;
}

/** Values that one evaluation may look at, many times what any column of a real object needs. */
const MAX_VALUES = 100_000;

/** From the values so far to the next ones; `undefined` when they are not of a fitting type. */
export type Step = (values: readonly unknown[], budget: Budget) => readonly unknown[] | undefined;

export function evaluate(steps: readonly Step[], value: unknown): readonly unknown[] | undefined {
  return walk(steps, [value], { left: MAX_VALUES });
}

function walk(
  steps: readonly Step[],
  start: readonly unknown[],
  budget: Budget,
): readonly unknown[] | undefined {
  let values: readonly unknown[] | undefined = start;
  for (const step of steps) {
    budget.left -= 1 + values.length;
    if (budget.left < 0) return undefined;
    values = step(values, budget);
    if (values === undefined) return undefined;
  }
  return values;
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

export function constant(value: unknown): Step {
  return (values) => values.map(() => value);
}

export function field(name: string): Step {
  return (values) => {
    const found: unknown[] = [];
    for (const value of values) {
      if (isJsonObject(value) && Object.hasOwn(value, name)) found.push(value[name]);
    }
    return found;
  };
}

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
}

export const wildcard: Step = (values, budget) => {
  const found: unknown[] = [];
  for (const value of values) {
    const inner = children(value);
    budget.left -= inner.length;
    if (budget.left < 0) return undefined;
    for (const each of inner) found.push(each);
  }
  return found;
};

/** Every object, list and text within the values, themselves included, that is not empty; outer ones first. */
export const recursive: Step = (values, budget) => {
  const found: unknown[] = [];
  const open = values.toReversed();
  while (open.length > 0) {
    const value = open.pop();
    const inner = children(value);
    budget.left -= 1 + inner.length;
    if (budget.left < 0) return undefined;
    if (inner.length === 0 && (typeof value !== "string" || value === "")) continue;
    found.push(value);
    for (let index = inner.length - 1; index >= 0; index--) open.push(inner[index]);
  }
  return found;
};

interface Slice {
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly step: number;
  /** `[n]`: the end follows from the start. */
  readonly single: boolean;
}

/** As kubectl: a start or an end outside of the list is a fault, not an empty slice. */
export function slice({ start = 0, end, step, single }: Slice): Step {
  return (values, budget) => {
    const found: unknown[] = [];
    for (const list of values) {
      if (isNothing(list)) continue;
      if (!Array.isArray(list)) return undefined;
      const from = start < 0 ? start + list.length : start;
      const stop = single ? from + 1 : (end ?? list.length);
      const to = stop < 0 ? stop + list.length : stop;
      if (from === to) return found;
      if (from < 0 || from >= list.length || to > list.length || from > to) return undefined;
      budget.left -= to - from;
      if (budget.left < 0) return undefined;
      for (let index = from; index < to; index += step) found.push(list[index]);
    }
    return found;
  };
}

export function union(members: readonly (readonly Step[])[]): Step {
  return (values, budget) => {
    const found: unknown[] = [];
    for (const member of members) {
      const some = walk(member, values, budget);
      if (some === undefined) return undefined;
      for (const value of some) found.push(value);
    }
    return found;
  };
}

export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** Keeps the entries of lists for which the left side exists, or compares as wanted with the right side. */
export function filter(left: readonly Step[], operator?: Comparison, right: readonly Step[] = []): Step {
  return (values, budget) => {
    const found: unknown[] = [];
    for (const list of values) {
      if (!Array.isArray(list)) return undefined;
      for (const entry of list as readonly unknown[]) {
        const lefts = walk(left, [entry], budget);
        if (budget.left < 0) return undefined;
        if (operator === undefined) {
          if (lefts !== undefined && lefts.length > 0) found.push(entry);
          continue;
        }
        const rights = walk(right, [entry], budget);
        if (lefts === undefined || rights === undefined || lefts.length > 1 || rights.length > 1) {
          return undefined;
        }
        if (lefts.length === 0 || rights.length === 0) continue;
        const holds = compare(lefts[0], operator, rights[0]);
        if (holds === undefined) return undefined;
        if (holds) found.push(entry);
      }
    }
    return found;
  };
}

/** Values of different types do not compare, nor whole numbers with fractions; truth values have no order. */
function compare(left: unknown, operator: Comparison, right: unknown): boolean | undefined {
  if (typeof left !== typeof right || Number.isInteger(left) !== Number.isInteger(right)) return undefined;
  if (operator === "==" || operator === "!=") {
    if (typeof left === "object") return undefined;
    return (left === right) === (operator === "==");
  }
  if (typeof left === "string" && typeof right === "string") {
    return ordered(Buffer.compare(Buffer.from(left), Buffer.from(right)), operator);
  }
  return typeof left === "number" && typeof right === "number"
    ? ordered(Math.sign(left - right), operator)
    : undefined;
}

function ordered(sign: number, operator: Comparison): boolean {
  switch (operator) {
    case "<":
      return sign < 0;
    case "<=":
      return sign <= 0;
    case ">":
      return sign > 0;
    default:
      return sign >= 0;
  }
}
