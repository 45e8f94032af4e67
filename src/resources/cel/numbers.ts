import { CelError } from "./error.ts";
import { type Int, Uint } from "./values.ts";

/**
 * 64-bit integers. An int is a number while it is exact as one and a bigint beyond ±2^53, never both, so that equal
 * ints are `===`.
 */
export function int(value: bigint): Int {
  if (BigInt.asIntN(64, value) !== value) {
    throw new CelError("integer overflow");
  }
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function uint(value: bigint): Uint {
  if (BigInt.asUintN(64, value) !== value) {
    throw new CelError("unsigned integer overflow");
  }
  return new Uint(value);
}

export function add(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) {
      return sum;
    }
  }
  return int(BigInt(a) + BigInt(b));
}

export function subtract(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) {
      return difference;
    }
  }
  return int(BigInt(a) - BigInt(b));
}

export function multiply(a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (Number.isSafeInteger(product)) {
      // -0 is not an int.
      return product + 0;
    }
  }
  return int(BigInt(a) * BigInt(b));
}

/** Rounds towards zero. */
export function divide(a: Int, b: Int): Int {
  if (Number(b) === 0) {
    throw new CelError("division by zero");
  }
  return int(BigInt(a) / BigInt(b));
}

/** Has the sign of the dividend. */
export function remainder(a: Int, b: Int): Int {
  if (Number(b) === 0) {
    throw new CelError("modulus by zero");
  }
  // kube-apiserver calls the one quotient that does not exist an overflow here too.
  if (BigInt(a) === -(2n ** 63n) && BigInt(b) === -1n) {
    throw new CelError("integer overflow");
  }
  return int(BigInt(a) % BigInt(b));
}

export function negate(a: Int): Int {
  return int(-BigInt(a));
}

/** The int of a double, cut off; errors outside 64 bits. */
export function truncate(value: number): bigint {
  if (!Number.isFinite(value)) {
    throw new CelError("integer overflow");
  }
  return BigInt(Math.trunc(value));
}
