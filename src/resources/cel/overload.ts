import type { Frame } from "./budget.ts";
import type { Type } from "./types.ts";

/** Runs a function: the frame first (to count its cost), then the receiver and the arguments. */
export type Run = (frame: Frame, ...args: never[]) => unknown;

export interface Overload {
  readonly name: string;
  /** Called as `receiver.name(...)`; the receiver is the first of `params`. */
  readonly member: boolean;
  readonly params: readonly Type[];
  readonly result: Type;
  readonly run: Run;
  /** Checks an argument that is a literal, while the expression is compiled. Throws what is wrong with it. */
  readonly literal?: (...args: never[]) => void;
}

/** A function that is called by its name alone, or under a fixed prefix: `format.named`. */
export function fn(
  name: string,
  params: readonly Type[],
  result: Type,
  run: Run,
  literal?: Overload["literal"],
): Overload {
  return { name, member: false, params, result, run, ...(literal === undefined ? {} : { literal }) };
}

/** A function that is called on its first parameter. */
export function method(
  name: string,
  params: readonly Type[],
  result: Type,
  run: Run,
  literal?: Overload["literal"],
): Overload {
  return { name, member: true, params, result, run, ...(literal === undefined ? {} : { literal }) };
}
