import { CelError } from "../error.ts";
import { fn, method, type Overload } from "../overload.ts";
import { A, BOOL, list, optional } from "../types.ts";
import { Double, Duration, isMap, NONE, Optional, sizeOf, Uint } from "../values.ts";

function isZero(value: unknown): boolean {
  if (value === null || value === false || value === "" || value === 0) {
    return true;
  }
  if (value instanceof Double) {
    return value.value === 0;
  }
  if (value instanceof Uint) {
    return value.value === 0n;
  }
  if (value instanceof Duration) {
    return value.nanos === 0n;
  }
  if (Array.isArray(value) || value instanceof Uint8Array) {
    return value.length === 0;
  }
  if (value instanceof Optional) {
    return !value.present || isZero(value.value);
  }
  return isMap(value) && sizeOf(value) === 0;
}

const unwrap = (frame: { spend(steps: number): void }, values: readonly Optional[]): unknown[] => {
  frame.spend(values.length);
  return values.filter((value) => value.present).map((value) => value.value);
};

export function optionals(): Overload[] {
  return [
    fn("optional.of", [A], optional(A), (_, value: unknown) => new Optional(value)),
    fn("optional.ofNonZeroValue", [A], optional(A), (_, value: unknown) =>
      isZero(value) ? NONE : new Optional(value),
    ),
    fn("optional.none", [], optional(A), () => NONE),
    fn("optional.unwrap", [list(optional(A))], list(A), unwrap),
    method("unwrapOpt", [list(optional(A))], list(A), unwrap),
    method("hasValue", [optional(A)], BOOL, (_, value: Optional) => value.present),
    method("value", [optional(A)], A, (_, value: Optional) => {
      if (!value.present) {
        throw new CelError("optional.none() dereference");
      }
      return value.value;
    }),
    method("or", [optional(A), optional(A)], optional(A), (_, value: Optional, other: Optional) =>
      value.present ? value : other,
    ),
    method("orValue", [optional(A), A], A, (_, value: Optional, other: unknown) =>
      value.present ? value.value : other,
    ),
  ];
}
