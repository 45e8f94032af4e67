import type { Frame } from "../budget.ts";
import { equal } from "../equal.ts";
import { fn, type Overload } from "../overload.ts";
import { A, BOOL, list } from "../types.ts";

type List = readonly unknown[];

function has(frame: Frame, values: List, item: unknown): boolean {
  frame.spend(values.length);
  return values.some((value) => equal(frame, value, item));
}

function contains(frame: Frame, values: List, others: List): boolean {
  return others.every((item) => has(frame, values, item));
}

const set = (name: string, run: (frame: Frame, a: List, b: List) => boolean): Overload =>
  fn(`sets.${name}`, [list(A), list(A)], BOOL, run);

/** `sets.contains`, `sets.equivalent`, `sets.intersects`. */
export function sets(): Overload[] {
  return [
    set("contains", contains),
    set("equivalent", (frame, a, b) => contains(frame, a, b) && contains(frame, b, a)),
    set("intersects", (frame, a, b) => b.some((item) => has(frame, a, item))),
  ];
}
