import type { Frame } from "../budget.ts";
import { CelError } from "../error.ts";
import { int, truncate, uint } from "../numbers.ts";
import { fn, type Overload, type Run } from "../overload.ts";
import { durationOf, durationText, inRange, timestampOf, timestampText } from "../time.ts";
import { BOOL, BYTES, DOUBLE, DURATION, INT, STRING, TIMESTAMP, type Type, UINT } from "../types.ts";
import { Double, Duration, type Int, Timestamp, Uint } from "../values.ts";

const BILLION = 1_000_000_000n;

const to = (name: string, result: Type, from: readonly (readonly [Type, Run])[]): Overload[] => [
  fn(name, [result], result, (_, value: unknown) => value),
  ...from.map(([type, run]) => {
    const counted: Run =
      type.kind === "string"
        ? (frame, text: string) => {
            frame.spendText(text.length);
            return (run as (frame: Frame, text: string) => unknown)(frame, text);
          }
        : run;
    return fn(name, [type], result, counted, literalCheck(name, type, run));
  }),
];

/** `int(x)`, `string(x)` and their like. */
export function conversions(): Overload[] {
  return [
    ...to("int", INT, [
      [UINT, (_, value: Uint) => int(value.value)],
      [DOUBLE, (_, value: Double) => int(truncate(value.value))],
      [STRING, (_, text: string) => int(parsed("int", text, /^[+-]?\d{1,30}$/))],
      [TIMESTAMP, (_, value: Timestamp) => int((value.nanos - mod(value.nanos, BILLION)) / BILLION)],
      [DURATION, (_, value: Duration) => int(value.nanos)],
    ]),
    ...to("uint", UINT, [
      [INT, (_, value: Int) => uint(BigInt(value))],
      [DOUBLE, (_, value: Double) => uint(truncate(value.value))],
      [STRING, (_, text: string) => uint(parsed("uint", text, /^\d{1,30}$/))],
    ]),
    ...to("double", DOUBLE, [
      [INT, (_, value: Int) => new Double(Number(value))],
      [UINT, (_, value: Uint) => new Double(Number(value.value))],
      [STRING, (_, text: string) => new Double(doubleOf(text))],
    ]),
    ...to("bool", BOOL, [[STRING, (_, text: string) => boolOf(text)]]),
    ...to("bytes", BYTES, [[STRING, (_, text: string) => new Uint8Array(Buffer.from(text))]]),
    ...to("string", STRING, [
      [BOOL, (_, value: boolean) => String(value)],
      [INT, (_, value: Int) => String(value)],
      [UINT, (_, value: Uint) => String(value.value)],
      [DOUBLE, (_, value: Double) => doubleText(value.value)],
      [BYTES, (_, value: Uint8Array) => textOfBytes(value)],
      [TIMESTAMP, (_, value: Timestamp) => timestampText(value)],
      [DURATION, (_, value: Duration) => durationText(value)],
    ]),
    ...to("timestamp", TIMESTAMP, [
      [STRING, (_, text: string) => timestamp(text)],
      [INT, (_, seconds: Int) => timestampAt(BigInt(seconds) * BILLION)],
    ]),
    ...to("duration", DURATION, [
      [STRING, (_, text: string) => duration(text)],
      [INT, (_, nanos: Int) => new Duration(BigInt(nanos))],
    ]),
  ];
}

/** What is converted is often a literal: then it is tried before anything runs. */
function literalCheck(name: string, type: Type, run: Run): Overload["literal"] {
  const convert = run as unknown as (frame: undefined, value: unknown) => unknown;
  return (value: unknown) => {
    if (value === undefined) {
      return;
    }
    if (name === "duration" && type.kind === "int") {
      throw new CelError("a literal duration has to be a string");
    }
    convert(undefined, value);
  };
}

function mod(value: bigint, by: bigint): bigint {
  return ((value % by) + by) % by;
}

function unparsable(type: string, text: string): CelError {
  return new CelError(`cannot convert ${JSON.stringify(text.slice(0, 100))} to ${type}`);
}

function parsed(type: string, text: string, form: RegExp): bigint {
  if (!form.test(text)) {
    throw unparsable(type, text);
  }
  return BigInt(text.replace(/^\+/, ""));
}

function duration(text: string): Duration {
  const value = durationOf(text);
  if (value === undefined) {
    throw unparsable("duration", text);
  }
  return value;
}

function timestamp(text: string): Timestamp {
  // A date alone and lower-case letters are for fields of the schema.
  const value = /^[^tz]*T[^tz]*$/.test(text) ? timestampOf(text) : undefined;
  if (value === undefined) {
    throw unparsable("timestamp", text);
  }
  return value;
}

function timestampAt(nanos: bigint): Timestamp {
  if (!inRange(nanos)) {
    throw new CelError("timestamp overflow");
  }
  return new Timestamp(nanos);
}

function boolOf(text: string): boolean {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) {
    return true;
  }
  if (["0", "f", "F", "FALSE", "false", "False"].includes(text)) {
    return false;
  }
  throw unparsable("bool", text);
}

function doubleOf(text: string): number {
  const special = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(text);
  if (special !== null) {
    return special[2] === undefined ? Number.NaN : special[1] === "-" ? -Infinity : Infinity;
  }
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) || !Number.isFinite(Number(text))) {
    throw unparsable("double", text);
  }
  return Number(text);
}

/** The shortest digits, with an exponent below 1e-4 and from 1e6. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  }
  if (Object.is(value, -0)) {
    return "-0";
  }
  const [digits, exponent] = value.toExponential().split("e") as [string, string];
  const power = Number(exponent);
  if (power >= -4 && power < 6) {
    const plain = String(value);
    return plain.includes("e") ? value.toFixed(digits.replace(/[-.]/g, "").length - 1 - power) : plain;
  }
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

export function textOfBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CelError("the bytes are not UTF-8");
  }
}
