import type { Frame } from "./budget.ts";
import type { Type } from "./types.ts";

/** A compiled (part of an) expression. */
export interface Node {
  readonly type: Type;
  readonly run: (frame: Frame) => unknown;
  /** Steps that every evaluation takes; what may be left out is charged when it runs. */
  readonly cost: number;
  /** The value, when it is known now. */
  readonly constant?: { readonly value: unknown };
}

export function constant(type: Type, value: unknown): Node {
  return { type, run: () => value, cost: 1, constant: { value } };
}
