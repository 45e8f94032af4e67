import { CelError, position } from "./error.ts";
import type { Literal } from "./syntax.ts";

export function literal(at: number, type: Literal["type"], value: Literal["value"]): Literal {
  return { kind: "literal", at, type, value };
}

/** A number as it is `written`, without its sign. Throws `CelError` for integers of more than 64 bits. */
export function numberLiteral(
  text: string,
  at: number,
  type: "int" | "uint" | "double",
  written: string,
  negative: boolean,
): Literal {
  if (type === "double") {
    const value = Number(written);
    return literal(at, type, negative ? -value : value);
  }
  const magnitude = BigInt(type === "uint" ? written.slice(0, -1) : written);
  const value = negative ? -magnitude : magnitude;
  if ((type === "uint" ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value)) !== value) {
    const what = type === "uint" ? "unsigned integer" : "integer";
    throw new CelError(`${position(text, at)}: syntax error: the ${what} does not fit into 64 bits`);
  }
  return literal(at, type, value);
}
