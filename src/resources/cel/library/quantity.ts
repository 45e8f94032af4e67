import type { Frame } from "../budget.ts";
import { CelError } from "../error.ts";
import { int } from "../numbers.ts";
import { fn, method, type Overload } from "../overload.ts";
import { BOOL, DOUBLE, INT, QUANTITY, STRING } from "../types.ts";
import { Double, type Int, Opaque } from "../values.ts";

/** Exponents beyond this are refused; Kubernetes has no use for them either. */
const MAX_EXPONENT = 1000;
const MAX_INT64 = 2n ** 63n - 1n;
const NANO = 1_000_000_000n;

const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };

/** A number with nine decimals, as Kubernetes writes resource amounts: `100m`, `1.5Gi`, `2e3`. */
class Quantity extends Opaque {
  readonly typeName = QUANTITY.name;
  readonly nanos: bigint;
  /** Written without a fraction and small enough: what `isInteger` is about. */
  readonly whole: boolean;

  constructor(nanos: bigint, whole: boolean) {
    super();
    this.nanos = nanos;
    this.whole = whole;
  }

  equals(other: Quantity): boolean {
    return this.nanos === other.nanos;
  }
}

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?([numkMGTPE]?|[KMGTPE]i|[eE][+-]?\d{1,9})$/;

function quantityOf(text: string): Quantity | undefined {
  const match = FORM.exec(text);
  // As in Kubernetes, no digits are zero, but some character there has to be.
  if (match === null || text === "") {
    return undefined;
  }
  const [, sign, leading, fraction = "", suffix] = match as unknown as [
    string,
    string,
    string,
    string?,
    string?,
  ];
  const digits = leading.replace(/^0+/, "");
  const value = BigInt(`${digits}${fraction}` || "0");
  const power = BINARY[suffix!];
  const exponent = power === undefined ? (DECIMAL[suffix!] ?? Number(suffix!.slice(1))) : 0;
  if (Math.abs(exponent) > MAX_EXPONENT) {
    return undefined;
  }
  let nanos = scaled(value << (power ?? 0n), exponent - fraction.length + 9);
  if (power !== undefined && nanos > MAX_INT64 * NANO) {
    nanos = MAX_INT64 * NANO;
  }
  // Only numbers that Kubernetes keeps as 64-bit integers count as whole.
  const room =
    power === undefined
      ? 18 - digits.length - fraction.length
      : 14 - digits.length - Math.trunc(Number(power) * 0.3);
  const short = room >= 0 && (power === undefined || fraction === "");
  return new Quantity(sign === "-" ? -nanos : nanos, value === 0n || (short && exponent >= fraction.length));
}

/** Times a power of ten; what does not come out even is rounded up. */
function scaled(value: bigint, exponent: number): bigint {
  if (exponent >= 0) {
    return value * 10n ** BigInt(exponent);
  }
  const divisor = 10n ** BigInt(-exponent);
  return (value + divisor - 1n) / divisor;
}

function quantity(frame: Frame, text: string): Quantity {
  frame.spendText(text.length);
  const value = quantityOf(text);
  if (value === undefined) {
    throw new CelError(`${JSON.stringify(text.slice(0, 100))} is not a quantity`);
  }
  return value;
}

function fromInt(value: Int): Quantity {
  return new Quantity(BigInt(value) * NANO, true);
}

function asInteger(value: Quantity): bigint | undefined {
  const number = value.nanos / NANO;
  return value.whole && BigInt.asIntN(64, number) === number ? number : undefined;
}

function order(a: Quantity, b: Quantity): number {
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
}

const sum = (a: Quantity, b: Quantity): Quantity => new Quantity(a.nanos + b.nanos, a.whole && b.whole);

const difference = (a: Quantity, b: Quantity): Quantity =>
  new Quantity(a.nanos - b.nanos, a.whole && b.whole);

export function quantities(): Overload[] {
  return [
    fn("quantity", [STRING], QUANTITY, quantity),
    fn("isQuantity", [STRING], BOOL, (frame, text: string) => {
      frame.spendText(text.length);
      return quantityOf(text) !== undefined;
    }),
    // Not a method, in Kubernetes neither.
    fn("sign", [QUANTITY], INT, (_, value: Quantity) => (value.nanos < 0n ? -1 : value.nanos > 0n ? 1 : 0)),
    method("isGreaterThan", [QUANTITY, QUANTITY], BOOL, (_, a: Quantity, b: Quantity) => order(a, b) > 0),
    method("isLessThan", [QUANTITY, QUANTITY], BOOL, (_, a: Quantity, b: Quantity) => order(a, b) < 0),
    method("compareTo", [QUANTITY, QUANTITY], INT, (_, a: Quantity, b: Quantity) => order(a, b)),
    method(
      "asApproximateFloat",
      [QUANTITY],
      DOUBLE,
      (_, value: Quantity) => new Double(Number(value.nanos) / 1e9),
    ),
    method("isInteger", [QUANTITY], BOOL, (_, value: Quantity) => asInteger(value) !== undefined),
    method("asInteger", [QUANTITY], INT, (_, value: Quantity) => {
      const number = asInteger(value);
      if (number === undefined) {
        throw new CelError("cannot convert value to integer");
      }
      return int(number);
    }),
    method("add", [QUANTITY, QUANTITY], QUANTITY, (_, a: Quantity, b: Quantity) => sum(a, b)),
    method("add", [QUANTITY, INT], QUANTITY, (_, a: Quantity, b: Int) => sum(a, fromInt(b))),
    method("sub", [QUANTITY, QUANTITY], QUANTITY, (_, a: Quantity, b: Quantity) => difference(a, b)),
    method("sub", [QUANTITY, INT], QUANTITY, (_, a: Quantity, b: Int) => difference(a, fromInt(b))),
  ];
}
