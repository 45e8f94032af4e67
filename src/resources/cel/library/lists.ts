import type { Frame } from "../budget.ts";
import { compare, equal } from "../equal.ts";
import { CelError } from "../error.ts";
import { add, int, uint } from "../numbers.ts";
import { fn, method, type Overload } from "../overload.ts";
import {
  A,
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  list,
  optional,
  STRING,
  TIMESTAMP,
  type Type,
  UINT,
} from "../types.ts";
import { Double, doubleOf, Duration, type Int, isInt, NONE, Optional, typeName, Uint } from "../values.ts";

const COMPARABLE = [INT, UINT, DOUBLE, BOOL, DURATION, TIMESTAMP, STRING, BYTES];
const MAX_FLATTEN = 100;

type List = readonly unknown[];

const each = (
  name: string,
  result: (type: Type) => Type,
  run: (frame: Frame, values: List) => unknown,
): Overload[] => COMPARABLE.map((type) => method(name, [list(type)], result(type), run));

/** Kubernetes' list functions and the list extension of the language, version 3. */
export function lists(): Overload[] {
  const zeros: [Type, unknown][] = [
    [INT, 0],
    [UINT, new Uint(0n)],
    [DOUBLE, new Double(0)],
    [DURATION, new Duration(0n)],
  ];
  return [
    ...each("isSorted", () => BOOL, isSorted),
    ...each(
      "min",
      (type) => type,
      (frame, values) => extreme(frame, values, "min", 1),
    ),
    ...each(
      "max",
      (type) => type,
      (frame, values) => extreme(frame, values, "max", -1),
    ),
    ...each("sort", list, (frame, values) => {
      frame.spend(values.length * Math.ceil(Math.log2(values.length + 1)));
      return values.toSorted(compare);
    }),
    ...zeros.map(([type, zero]) =>
      method("sum", [list(type)], type, (frame, values: List) => {
        frame.spend(values.length);
        return values.length === 0 ? zero : values.reduce(plus);
      }),
    ),
    method("indexOf", [list(A), A], INT, (frame, values: List, item: unknown) => {
      frame.spend(values.length);
      return values.findIndex((value) => equal(frame, value, item));
    }),
    method("lastIndexOf", [list(A), A], INT, (frame, values: List, item: unknown) => {
      frame.spend(values.length);
      return values.findLastIndex((value) => equal(frame, value, item));
    }),
    method("slice", [list(A), INT, INT], list(A), slice),
    method("flatten", [list(list(A))], list(A), (frame, values: List) => flatten(frame, values, 1)),
    method("flatten", [list(DYN), INT], list(DYN), flatten),
    method("reverse", [list(A)], list(A), (frame, values: List) => {
      frame.spend(values.length);
      return values.toReversed();
    }),
    method("distinct", [list(A)], list(A), distinct),
    method("first", [list(A)], optional(A), (_, values: List) =>
      values.length === 0 ? NONE : new Optional(values[0]),
    ),
    method("last", [list(A)], optional(A), (_, values: List) =>
      values.length === 0 ? NONE : new Optional(values.at(-1)),
    ),
    fn("lists.range", [INT], list(INT), (frame, count: Int) => {
      frame.spend(Math.max(0, Number(count)));
      return Array.from({ length: Math.max(0, Number(count)) }, (_, index) => index);
    }),
  ];
}

function isSorted(frame: Frame, values: List): boolean {
  frame.spend(values.length);
  return values.every((value, index) => index === 0 || compare(values[index - 1], value) <= 0);
}

function extreme(frame: Frame, values: List, name: string, worse: number): unknown {
  if (values.length === 0) {
    throw new CelError(`${name} called on empty list`);
  }
  frame.spend(values.length);
  return values.reduce((best, value) => (Math.sign(compare(best, value)) === worse ? value : best));
}

function plus(a: unknown, b: unknown): unknown {
  const [left, right] = [doubleOf(a), doubleOf(b)];
  if (left !== undefined && right !== undefined) {
    return new Double(left + right);
  }
  if (isInt(a) && isInt(b)) {
    return add(a, b);
  }
  if (a instanceof Uint && b instanceof Uint) {
    return uint(a.value + b.value);
  }
  if (a instanceof Duration && b instanceof Duration) {
    int(a.nanos + b.nanos);
    return new Duration(a.nanos + b.nanos);
  }
  throw new CelError(`no such overload: sum of ${typeName(a)} and ${typeName(b)}`);
}

function slice(frame: Frame, values: List, start: Int, end: Int): List {
  if (start < 0 || end < 0 || start > end || end > values.length) {
    throw new CelError(`cannot slice(${start}, ${end}), the list has ${values.length} items`);
  }
  frame.spend(Number(end) - Number(start));
  return values.slice(Number(start), Number(end));
}

function flatten(frame: Frame, values: List, depth: Int): unknown[] {
  if (depth < 0) {
    throw new CelError("flatten: the depth must not be negative");
  }
  frame.spend(values.length);
  const levels = Math.min(Number(depth), MAX_FLATTEN);
  return values.flatMap((value) =>
    Array.isArray(value) && levels > 0
      ? levels > 1
        ? flatten(frame, value, levels - 1)
        : counted(frame, value)
      : [value],
  );
}

function counted(frame: Frame, values: List): List {
  frame.spend(values.length);
  return values;
}

function distinct(frame: Frame, values: List): List {
  const seen = new Set<unknown>();
  const kept: unknown[] = [];
  for (const value of values) {
    frame.spend(1);
    if (typeof value === "string" || typeof value === "boolean") {
      if (!seen.has(value)) {
        seen.add(value);
        kept.push(value);
      }
      continue;
    }
    frame.spend(kept.length);
    if (!kept.some((other) => equal(frame, other, value))) {
      kept.push(value);
    }
  }
  return kept;
}
