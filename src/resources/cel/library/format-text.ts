import type { Frame } from "../budget.ts";
import { CelError } from "../error.ts";
import { durationText, timestampText } from "../time.ts";
import { isDyn, type Type, typeText } from "../types.ts";
import {
  doubleOf,
  Duration,
  isInt,
  isMap,
  keysOf,
  lookUp,
  Timestamp,
  typeName,
  TypeValue,
  Uint,
} from "../values.ts";
import { doubleText, textOfBytes } from "./conversions.ts";
import { quote } from "./text.ts";

/** JavaScript has no more digits than that. */
const MAX_PRECISION = 100;

/** `"%s".format([...])`: `%s %d %f %e %b %x %X %o %%`, with a precision for `%f` and `%e`. */
export function format(frame: Frame, text: string, args: readonly unknown[]): string {
  let next = 0;
  let result = "";
  let from = 0;
  frame.spendText(text.length);
  for (let at = text.indexOf("%"); at !== -1; at = text.indexOf("%", from)) {
    result += text.slice(from, at);
    const clause = /^%(?:%|(?:\.(\d+))?([sdfebxXo]))/.exec(text.slice(at, at + 12));
    if (clause === null) {
      throw new CelError(`format: unknown formatting clause ${JSON.stringify(text.slice(at, at + 2))}`);
    }
    from = at + clause[0].length;
    if (clause[2] === undefined) {
      result += "%";
      continue;
    }
    if (next >= args.length) {
      throw new CelError(`format: there is no argument for clause ${next + 1}`);
    }
    const precision = clause[1] === undefined ? 6 : Number(clause[1]);
    if (precision > MAX_PRECISION) {
      throw new CelError(`format: a precision is at most ${MAX_PRECISION}`);
    }
    const piece = formatted(clause[2], args[next++], precision);
    frame.spendText(piece.length);
    result += piece;
  }
  return result + text.slice(from);
}

const FITTING: Readonly<Record<string, readonly string[]>> = {
  d: ["int", "uint"],
  f: ["double", "string"],
  e: ["double", "string"],
  b: ["int", "uint", "bool"],
  o: ["int", "uint"],
  x: ["int", "uint", "string", "bytes"],
  X: ["int", "uint", "string", "bytes"],
};

/** What is wrong with a call whose arguments have these types, if that can be told now. */
export function formatProblem(text: string, types: readonly Type[]): string | undefined {
  let next = 0;
  for (const [clause] of text.matchAll(/%(?:%|(?:\.\d+)?[^%]?)/gs)) {
    if (clause === "%%") {
      continue;
    }
    const verb = clause.at(-1)!;
    if (!"sdfebxXo".includes(verb) || clause === "%") {
      return `format: unknown formatting clause ${JSON.stringify(clause)}`;
    }
    const type = types[next++];
    if (type === undefined) {
      return `format: there is no argument for clause ${next}`;
    }
    const fits =
      verb === "s" ? type.kind !== "opaque" && type.kind !== "object" : FITTING[verb]!.includes(type.kind);
    if (!fits && !isDyn(type)) {
      return `format: %${verb} does not take ${typeText(type)}`;
    }
  }
  return next < types.length ? `format: ${types.length} arguments for ${next} clauses` : undefined;
}

function formatted(verb: string, value: unknown, precision: number): string {
  const integer = isInt(value) ? BigInt(value) : value instanceof Uint ? value.value : undefined;
  const unfit = (allowed: string): never => {
    throw new CelError(`format: %${verb} takes ${allowed}, not ${typeName(value)}`);
  };
  switch (verb) {
    case "s":
      return plain(value);
    case "d":
      return integer === undefined ? unfit("integers") : String(integer);
    case "f":
    case "e": {
      if (typeof value === "string" && ["NaN", "Infinity", "-Infinity"].includes(value)) {
        return value.replace("Infinity", "∞");
      }
      const number = doubleOf(value) ?? unfit("doubles");
      if (!Number.isFinite(number)) {
        return String(number).replace("Infinity", "∞");
      }
      if (verb === "f") {
        return grouped(number.toFixed(precision));
      }
      // kube-apiserver takes the precision for a width and always shows six digits.
      const [digits, exponent] = number.toExponential(6).split("e") as [string, string];
      return `${digits}×10${superscript(exponent)}`.padStart(precision);
    }
    case "b":
      return typeof value === "boolean"
        ? value
          ? "1"
          : "0"
        : (integer?.toString(2) ?? unfit("integers and bools"));
    case "o":
      return integer?.toString(8) ?? unfit("integers");
    default: {
      const hex =
        typeof value === "string"
          ? Buffer.from(value).toString("hex")
          : value instanceof Uint8Array
            ? Buffer.from(value).toString("hex")
            : (integer?.toString(16) ?? unfit("integers, strings and bytes"));
      return verb === "X" ? hex.toUpperCase() : hex;
    }
  }
}

function grouped(fixed: string): string {
  const [whole, fraction] = fixed.split(".") as [string, string | undefined];
  const separated = whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}

function superscript(exponent: string): string {
  const digits = Math.abs(Number(exponent)).toString().padStart(2, "0");
  const raised = digits.replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]!);
  return exponent.startsWith("-") ? `⁻${raised}` : raised;
}

/** `%s`: text as it is, lists and maps as expressions would write them. */
function plain(value: unknown): string {
  if (typeof value === "string") {
    return value;
  }
  if (value instanceof Timestamp) {
    return timestampText(value);
  }
  if (value instanceof Duration) {
    return durationText(value);
  }
  const double = doubleOf(value);
  if (double !== undefined) {
    return doubleText(double);
  }
  return value instanceof Uint8Array ? textOfBytes(value) : inner(value);
}

function inner(value: unknown): string {
  if (value === null || typeof value === "boolean" || isInt(value)) {
    return String(value);
  }
  if (typeof value === "string") {
    return quote(value);
  }
  if (value instanceof Uint) {
    return String(value.value);
  }
  const double = doubleOf(value);
  if (double !== undefined) {
    return double.toFixed(6);
  }
  if (value instanceof Uint8Array) {
    return `b${quote(textOfBytes(value))}`;
  }
  if (value instanceof Timestamp) {
    return `timestamp("${timestampText(value)}")`;
  }
  if (value instanceof Duration) {
    return `duration("${durationText(value)}")`;
  }
  if (value instanceof TypeValue) {
    return value.name;
  }
  if (Array.isArray(value)) {
    return `[${value.map(inner).join(", ")}]`;
  }
  if (isMap(value)) {
    const entries = keysOf(value).map((key) => [inner(key), inner(lookUp(value, key))] as const);
    const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([key, entry]) => `${key}:${entry}`).join(", ")}}`;
  }
  throw new CelError(`format: %s cannot show a ${typeName(value)}`);
}
