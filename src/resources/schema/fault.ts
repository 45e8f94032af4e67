import type { FieldReason } from "./schema.ts";

/** What is wrong with one value, whatever its place. */
export interface Fault {
  readonly message: string;
  readonly reason: FieldReason;
  /** Values of the enumeration. */
  readonly allowed?: readonly string[];
  /** What the user probably meant. */
  readonly suggestion?: string;
}

export function invalid(message: string): Fault {
  return { message, reason: "FieldValueInvalid" };
}

/** Characters of a value that a message repeats: enough to recognise it, never a screenful. */
const QUOTED_LENGTH = 80;

export function quote(value: string): string {
  return JSON.stringify(value.length > QUOTED_LENGTH ? `${value.slice(0, QUOTED_LENGTH)}…` : value);
}

/** The sort of a JSON value, for people. */
export function sortOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "object":
      return "a map";
    case "string":
      return "a string";
    case "boolean":
      return "true or false";
    case "number":
      return Number.isInteger(value) ? "a number" : "a fraction";
    default:
      return "something else";
  }
}
