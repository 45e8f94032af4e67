import type { Frame } from "../budget.ts";
import { compare, equal, identity } from "../equal.ts";
import { CelError } from "../error.ts";
import { add, divide, int, multiply, negate, remainder, subtract, uint } from "../numbers.ts";
import { fn, method, type Overload } from "../overload.ts";
import { inRange } from "../time.ts";
import {
  A,
  B,
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  list,
  map,
  optional,
  STRING,
  TIMESTAMP,
  TYPE,
  type Type,
  UINT,
} from "../types.ts";
import {
  Double,
  Duration,
  type Int,
  lookUp,
  type MapValue,
  NONE,
  Optional,
  sizeOf,
  Timestamp,
  typeName,
  TypeValue,
  Uint,
} from "../values.ts";
import { charCount } from "./text.ts";

/** Operators and the functions of the language itself, without conversions. */
export function operators(): Overload[] {
  return [...arithmetic(), ...orders(), ...access(), ...sizes()];
}

const ints = (name: string, run: (a: Int, b: Int) => Int): Overload =>
  fn(name, [INT, INT], INT, (_, a: Int, b: Int) => run(a, b));

const uints = (name: string, run: (a: bigint, b: bigint) => bigint): Overload =>
  fn(name, [UINT, UINT], UINT, (_, a: Uint, b: Uint) => uint(run(a.value, b.value)));

const doubles = (name: string, run: (a: number, b: number) => number): Overload =>
  fn(name, [DOUBLE, DOUBLE], DOUBLE, (_, a: Double, b: Double) => new Double(run(a.value, b.value)));

const divisor = (b: bigint, what: string): bigint => {
  if (b === 0n) {
    throw new CelError(`${what} by zero`);
  }
  return b;
};

function arithmetic(): Overload[] {
  return [
    ints("_+_", add),
    ints("_-_", subtract),
    ints("_*_", multiply),
    ints("_/_", divide),
    ints("_%_", remainder),
    uints("_+_", (a, b) => a + b),
    uints("_-_", (a, b) => a - b),
    uints("_*_", (a, b) => a * b),
    uints("_/_", (a, b) => a / divisor(b, "division")),
    uints("_%_", (a, b) => a % divisor(b, "modulus")),
    doubles("_+_", (a, b) => a + b),
    doubles("_-_", (a, b) => a - b),
    doubles("_*_", (a, b) => a * b),
    doubles("_/_", (a, b) => a / b),
    fn("-_", [INT], INT, (_, a: Int) => negate(a)),
    fn("-_", [DOUBLE], DOUBLE, (_, a: Double) => new Double(-a.value)),
    fn("!_", [BOOL], BOOL, (_, a: boolean) => !a),
    fn("_+_", [STRING, STRING], STRING, (frame, a: string, b: string) => {
      frame.spendText(a.length + b.length);
      return a + b;
    }),
    fn("_+_", [BYTES, BYTES], BYTES, (frame, a: Uint8Array, b: Uint8Array) => {
      frame.spendText(a.length + b.length);
      return new Uint8Array(Buffer.concat([a, b]));
    }),
    fn("_+_", [list(A), list(A)], list(A), concatenate),
    fn("_+_", [DURATION, DURATION], DURATION, (_, a: Duration, b: Duration) => duration(a.nanos + b.nanos)),
    fn("_-_", [DURATION, DURATION], DURATION, (_, a: Duration, b: Duration) => duration(a.nanos - b.nanos)),
    fn("_+_", [TIMESTAMP, DURATION], TIMESTAMP, (_, a: Timestamp, b: Duration) =>
      timestamp(a.nanos + b.nanos),
    ),
    fn("_+_", [DURATION, TIMESTAMP], TIMESTAMP, (_, a: Duration, b: Timestamp) =>
      timestamp(a.nanos + b.nanos),
    ),
    fn("_-_", [TIMESTAMP, DURATION], TIMESTAMP, (_, a: Timestamp, b: Duration) =>
      timestamp(a.nanos - b.nanos),
    ),
    fn("_-_", [TIMESTAMP, TIMESTAMP], DURATION, (_, a: Timestamp, b: Timestamp) =>
      duration(a.nanos - b.nanos),
    ),
  ];
}

function concatenate(frame: Frame, a: readonly unknown[], b: readonly unknown[]): unknown[] {
  frame.spend(a.length + b.length);
  return [...a, ...b];
}

/** `+` of a list without order: what is in both is there once, with the value of the second. */
export function union(type: Type): (frame: Frame, a: readonly unknown[], b: readonly unknown[]) => unknown[] {
  return (frame, a, b) => {
    frame.spend((a.length + b.length) * 2);
    const items = new Map(a.map((item) => [identity(type, item), item]));
    for (const item of b) {
      items.set(identity(type, item), item);
    }
    return [...items.values()];
  };
}

function duration(nanos: bigint): Duration {
  int(nanos);
  return new Duration(nanos);
}

function timestamp(nanos: bigint): Timestamp {
  if (!inRange(nanos)) {
    throw new CelError("timestamp overflow");
  }
  return new Timestamp(nanos);
}

function orders(): Overload[] {
  const numbers = [INT, UINT, DOUBLE];
  const pairs: [Type, Type][] = [
    ...numbers.flatMap((a) => numbers.map((b): [Type, Type] => [a, b])),
    ...[STRING, BOOL, BYTES, TIMESTAMP, DURATION].map((type): [Type, Type] => [type, type]),
  ];
  const operatorsOf: [string, (order: number) => boolean][] = [
    ["_<_", (order) => order < 0],
    ["_<=_", (order) => order <= 0],
    ["_>_", (order) => order > 0],
    ["_>=_", (order) => order >= 0],
  ];
  return operatorsOf.flatMap(([name, test]) =>
    pairs.map(([a, b]) =>
      fn(name, [a, b], BOOL, (frame, x: unknown, y: unknown) => {
        if (typeof x === "string" && typeof y === "string") {
          frame.spendText(Math.min(x.length, y.length));
        }
        return test(compare(x, y));
      }),
    ),
  );
}

/** A list's index, which may be any number without fraction when it comes from a dyn value. */
function itemAt(values: readonly unknown[], index: unknown): unknown {
  const at = Number(index instanceof Double || index instanceof Uint ? index.value : index);
  return Number.isInteger(at) && at >= 0 && at < values.length ? values[at] : undefined;
}

const entry = (_: Frame, values: MapValue, key: unknown): unknown => {
  const value = lookUp(values, key);
  if (value === undefined) {
    throw new CelError(
      `no such key: ${String(key instanceof Double || key instanceof Uint ? key.value : key)}`,
    );
  }
  return value;
};

const maybe = (value: unknown): Optional => (value === undefined ? NONE : new Optional(value));

const itemOrFail = (_: Frame, values: readonly unknown[], index: unknown): unknown => {
  const value = itemAt(values, index);
  if (value === undefined) {
    throw new CelError(`index out of bounds: ${String(index)}`);
  }
  return value;
};
const inner = (value: Optional, read: (value: never) => unknown): Optional =>
  value.present ? maybe(read(value.value as never)) : NONE;
const itemOf = (_: Frame, values: readonly unknown[], index: unknown): Optional =>
  maybe(itemAt(values, index));
const entryOf = (_: Frame, values: MapValue, key: unknown): Optional => maybe(lookUp(values, key));

const optionalItem = (_: Frame, values: Optional, index: unknown): Optional =>
  inner(values, (value: readonly unknown[]) => itemAt(value, index));
const optionalEntry = (_: Frame, values: Optional, key: unknown): Optional =>
  inner(values, (value: MapValue) => lookUp(value, key));

const optionals = (name: string): Overload[] => [
  fn(name, [optional(list(A)), INT], optional(A), optionalItem),
  fn(name, [optional(map(A, B)), A], optional(B), optionalEntry),
];

function access(): Overload[] {
  return [
    fn("_[_]", [list(A), INT], A, itemOrFail),
    fn("_[_]", [map(A, B), A], B, entry),
    ...optionals("_[_]"),
    fn("_[?_]", [list(A), INT], optional(A), itemOf),
    fn("_[?_]", [map(A, B), A], optional(B), entryOf),
    ...optionals("_[?_]"),
    fn("@in", [A, list(A)], BOOL, (frame, value: unknown, values: readonly unknown[]) => {
      frame.spend(values.length);
      return values.some((other) => equal(frame, value, other));
    }),
    fn("@in", [A, map(A, B)], BOOL, (_, key: unknown, values: MapValue) => lookUp(values, key) !== undefined),
    fn("dyn", [A], DYN, (_, value: unknown) => value),
    fn("type", [A], TYPE, (_, value: unknown) => new TypeValue(typeName(value))),
  ];
}

function sizes(): Overload[] {
  const each: [Type, (frame: Frame, value: never) => number][] = [
    [STRING, charCount],
    [BYTES, (_: Frame, value: Uint8Array) => value.length],
    [list(A), (_: Frame, value: readonly unknown[]) => value.length],
    [map(A, B), (_: Frame, value: MapValue) => sizeOf(value)],
  ];
  return each.flatMap(([type, run]) => [fn("size", [type], INT, run), method("size", [type], INT, run)]);
}
