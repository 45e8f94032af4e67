import { invalid, quote, type Fault } from "./fault.ts";
import { formatError } from "./format.ts";
import { matchesForeign, matchesOwn } from "./pattern.ts";
import type { NumberSchema, NumericLimits, StringSchema } from "./schema.ts";
import { suggest } from "./suggest.ts";

/** Limits of strings and numbers: the first that a value breaks. */
export type StringLimits = Pick<
  StringSchema,
  "enum" | "pattern" | "form" | "format" | "minLength" | "maxLength" | "foreign"
>;

export type NumberLimits = NumericLimits & Pick<NumberSchema, "enum"> & { readonly format?: string };

export function stringFault(limits: StringLimits, value: string): Fault | undefined {
  if (limits.enum !== undefined && !limits.enum.includes(value)) return notListed(value, limits.enum);
  const { minLength = 0, maxLength = Infinity, pattern, format } = limits;
  if (minLength > 0 || value.length > maxLength) {
    const length = codePoints(value);
    if (length < minLength) {
      return invalid(
        length === 0 ? "Empty string" : `Too short: ${length} characters, at least ${minLength}`,
      );
    }
    if (length > maxLength) {
      const message = `Too long: ${length} characters, at most ${maxLength}`;
      return { message, reason: "FieldValueTooLong" };
    }
  }
  // The pattern is tried only on strings of allowed length, so its cost is bounded.
  if (pattern !== undefined) {
    const found =
      limits.foreign === true ? matchesForeign(limits, pattern, value) : matchesOwn(pattern, value);
    if (!found) return invalid(`${quote(value)} is not ${limits.form ?? `of the form ${pattern}`}`);
  }
  return format === undefined ? undefined : formatFault(limits, format, value);
}

function formatFault(limits: StringLimits, format: string, value: string): Fault | undefined {
  if (format !== "byte") {
    const form = formatError(format, value);
    return form === undefined ? undefined : invalid(`${quote(value)} is not ${form}`);
  }
  // In built-in kinds these are byte arrays: they may be empty and in lines. Never repeated: it may be a secret.
  const text = limits.foreign === true ? value : value.replace(/[\r\n]/g, "");
  if (text === "" && limits.foreign !== true) return undefined;
  return formatError(format, text) === undefined ? undefined : invalid("Value is not base64");
}

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

export function numberFault(limits: NumberLimits, value: number): Fault | undefined {
  if (limits.enum !== undefined && !limits.enum.includes(value)) {
    return notListed(String(value), limits.enum.map(String));
  }
  const [lowest, highest] = RANGES[limits.format ?? ""] ?? [-Infinity, Infinity];
  const { min = lowest, max = highest, multipleOf } = limits;
  if (limits.exclusiveMin === true ? value <= min : value < min) {
    return invalid(
      `${value} is too small: ${limits.exclusiveMin === true ? "more than" : "at least"} ${min}`,
    );
  }
  if (limits.exclusiveMax === true ? value >= max : value > max) {
    return invalid(`${value} is too large: ${limits.exclusiveMax === true ? "less than" : "at most"} ${max}`);
  }
  if (value < lowest || value > highest) return invalid(`${value} is out of range: ${lowest} to ${highest}`);
  if (limits.format === "float" && !Number.isFinite(Math.fround(value))) {
    return invalid(`${value} is too large for 32 bits`);
  }
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) {
    return invalid(`${value} is not a multiple of ${multipleOf}`);
  }
  return undefined;
}

/** Fractions are multiples if they are so to nine digits, as the API server has it. */
const TOLERANCE = 1e-9;

function isMultiple(value: number, factor: number): boolean {
  if (Number.isInteger(value) && Number.isInteger(factor)) return value % factor === 0;
  const quotient = factor < 1 ? (1 / factor) * value : value / factor;
  const distance = Math.abs(quotient - Math.round(quotient));
  return distance <= TOLERANCE * Math.abs(quotient);
}

export function notListed(value: string, allowed: readonly string[]): Fault {
  const suggestion = suggest(value, allowed);
  return {
    message: value === "" ? "Empty string" : `${quote(value)} is not an allowed value`,
    reason: "FieldValueNotSupported",
    allowed,
    ...(suggestion !== undefined && { suggestion }),
  };
}

function codePoints(value: string): number {
  let count = 0;
  for (const _ of value) count++;
  return count;
}
