/** A refused expression (compile time) or an evaluation that failed; the message is for the user. */
export class CelError extends Error {
  /** True when the cost limit was hit: `||` and `&&` do not absorb it and nothing more is evaluated. */
  readonly exhausted: boolean;

  constructor(message: string, exhausted = false) {
    super(message);
    this.name = "CelError";
    this.exhausted = exhausted;
  }
}

/** Offset into the text of an expression as `line:column`, both from 1. */
export function position(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return `${line}:${offset - before.lastIndexOf("\n")}`;
}
