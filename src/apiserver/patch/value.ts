import { isJsonObject } from "../../resources/json.ts";
import { ApiError } from "../error.ts";

/** An object that is being made and that nobody else holds yet. */
export type Draft = Record<string, unknown>;

/** Far beyond any real object, and far from the end of the stack. */
const MAX_DEPTH = 500;

/** Own fields only: `constructor` and `__proto__` are names like any other. */
export function field(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Draft)[name] : undefined;
}

export function setField(draft: Draft, name: string, value: unknown): void {
  if (name !== "__proto__") draft[name] = value;
  else Object.defineProperty(draft, name, { value, configurable: true, enumerable: true, writable: true });
}

/** A copy that shares nothing with the value. */
export function deepCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deepCopy);
  if (!isJsonObject(value)) return value;
  const copy: Draft = {};
  for (const name of Object.keys(value)) setField(copy, name, deepCopy(value[name]));
  return copy;
}

/** Throws BadRequest for a value nested deeper than our recursive functions, and their callers, should go. */
export function checkDepth(value: unknown, what: string, depth = 0): void {
  if (typeof value !== "object" || value === null) return;
  if (depth >= MAX_DEPTH) {
    throw new ApiError("BadRequest", `${what} is nested too deeply: at most ${MAX_DEPTH} levels are allowed`);
  }
  for (const inner of Array.isArray(value) ? value : Object.values(value)) checkDepth(inner, what, depth + 1);
}
