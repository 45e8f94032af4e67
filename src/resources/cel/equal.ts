import { CelError } from "./error.ts";
import type { Frame } from "./budget.ts";
import type { Type } from "./types.ts";
import {
  Double,
  Duration,
  isMap,
  keysOf,
  lookUp,
  Opaque,
  Optional,
  sizeOf,
  Timestamp,
  TypeValue,
  Uint,
} from "./values.ts";

/** Equality of any two values: numbers by value whatever their type, different types are unequal. */
export function equal(frame: Frame, a: unknown, b: unknown): boolean {
  if (typeof a === "string" || typeof b === "string" || typeof a === "boolean") {
    return a === b;
  }
  if (a === b) {
    return a === a;
  }
  if (a === null || b === null) {
    return false;
  }
  const left = numeric(a);
  if (left !== undefined) {
    const right = numeric(b);
    // oxlint-disable-next-line eqeqeq -- bigint and number compare by value with == only
    return right !== undefined && left == right;
  }
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) {
      return false;
    }
    frame.spend(a.length);
    return a.every((item, index) => equal(frame, item, b[index]));
  }
  if (a instanceof Optional) {
    return b instanceof Optional && a.present === b.present && (!a.present || equal(frame, a.value, b.value));
  }
  if (a instanceof Timestamp || a instanceof Duration) {
    return b instanceof a.constructor && a.nanos === (b as typeof a).nanos;
  }
  if (a instanceof Uint8Array) {
    return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  }
  if (a instanceof TypeValue) {
    return b instanceof TypeValue && a.name === b.name;
  }
  if (a instanceof Opaque) {
    return b instanceof Opaque && a.typeName === b.typeName && a.equals(b);
  }
  if (!isMap(a) || !isMap(b) || sizeOf(a) !== sizeOf(b)) {
    return false;
  }
  frame.spend(sizeOf(a));
  return keysOf(a).every((key) => {
    const other = lookUp(b, key);
    return other !== undefined && equal(frame, lookUp(a, key), other);
  });
}

function numeric(value: unknown): number | bigint | undefined {
  if (typeof value === "number" || typeof value === "bigint") {
    return value;
  }
  return value instanceof Double || value instanceof Uint ? value.value : undefined;
}

/** Order of two values of types that have one: below 0, 0 or above 0; NaN when neither comes first. */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === "string" && typeof b === "string") {
    return compareText(a, b);
  }
  const left = numeric(a);
  const right = numeric(b);
  if (left !== undefined && right !== undefined) {
    // oxlint-disable-next-line eqeqeq -- bigint and number compare by value with == only
    return left < right ? -1 : left > right ? 1 : left == right ? 0 : Number.NaN;
  }
  if (
    (a instanceof Timestamp && b instanceof Timestamp) ||
    (a instanceof Duration && b instanceof Duration)
  ) {
    return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  }
  if (typeof a === "boolean" && typeof b === "boolean") {
    return Number(a) - Number(b);
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return Buffer.compare(a, b);
  }
  throw new CelError("no such overload: the values have no order");
}

/** Surrogates stand for code points above all single units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** By code points, as UTF-8 sorts; JavaScript's own order is by UTF-16 units. */
function compareText(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) {
      return rank(left) - rank(right);
    }
  }
  return a.length - b.length;
}

/** Whether equality of such values has to look at lists without order. */
export function hasUnordered(type: Type): boolean {
  let known = unordered.get(type);
  if (known === undefined) {
    const fields = [...(type.fields?.values() ?? [])].map((field) => field.type);
    known = type.unordered !== undefined || [...type.params, ...fields].some(hasUnordered);
    unordered.set(type, known);
  }
  return known;
}

const unordered = new WeakMap<Type, boolean>();

/** Equality of two JSON values of one type: lists that are sets or maps are equal in any order. */
export function equalTyped(frame: Frame, type: Type, a: unknown, b: unknown): boolean {
  if (!hasUnordered(type) || typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return equal(frame, a, b);
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) {
      return false;
    }
    frame.spend(a.length * 2);
    const item = type.params[0]!;
    if (type.unordered === undefined) {
      return a.every((value, index) => equalTyped(frame, item, value, b[index]));
    }
    const known = new Map<string, unknown>(a.map((value) => [identity(type, value), value]));
    return b.every((value) => {
      const id = identity(type, value);
      return known.has(id) && equalTyped(frame, item, known.get(id), value);
    });
  }
  if (!isMap(a) || !isMap(b) || sizeOf(a) !== sizeOf(b)) {
    return false;
  }
  frame.spend(sizeOf(a));
  const fields = new Map([...(type.fields?.values() ?? [])].map((field) => [field.name, field.type]));
  return keysOf(a).every((key) => {
    const other = lookUp(b, key);
    const inner = type.kind === "map" ? type.params[1]! : fields.get(key as string);
    const value = lookUp(a, key);
    return (
      other !== undefined &&
      (inner === undefined ? equal(frame, value, other) : equalTyped(frame, inner, value, other))
    );
  });
}

/** JSON has no bigint. */
function keyPart(value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}

/** What makes an item of a list without order the same item in another such list. */
export function identity(type: Type, item: unknown): string {
  const keys = type.unordered?.keys;
  if (keys === undefined || !isMap(item)) {
    return JSON.stringify(keyPart(item)) ?? "";
  }
  return JSON.stringify(keys.map((key) => keyPart(lookUp(item, key)) ?? null));
}
