import { CelError, position } from "./error.ts";

/**
 * What the parser is not told: where `?` marked something optional. Offsets into the text; who makes use of one takes
 * it out.
 */
export interface Marks {
  /** The text with every such `?` and all comments blanked, so that all other offsets stay. */
  readonly text: string;
  /** Offsets of the `.` of `.?`. */
  readonly selects: Set<number>;
  /** Offsets of the `[` of `[?` behind an operand. */
  readonly indexes: Set<number>;
  /** Offsets of `?` before list items and map keys. */
  readonly items: Set<number>;
}

const ESCAPES = /^\\(?:[abfnrtv"'`\\?]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})/;

/** Takes the optional syntax out of an expression, which the parser does not know, and checks escapes. */
export function scan(text: string): Marks {
  const selects = new Set<number>();
  const indexes = new Set<number>();
  const items = new Set<number>();
  const blanks: [start: number, end: number][] = [];
  // The last character that was no space or comment, where it stands, and the one before it.
  let last = "";
  let lastAt = -1;
  let beforeLast = "";
  for (let at = 0; at < text.length;) {
    const char = text[at]!;
    if (char === "/" && text[at + 1] === "/") {
      const end = text.indexOf("\n", at);
      const next = end === -1 ? text.length : end;
      // The parser wants a line behind every comment.
      blanks.push([at, next]);
      at = next;
      continue;
    }
    if (char === '"' || char === "'") {
      const raw = /[rR][bB]?$|[rR]$/.test(text.slice(Math.max(0, at - 2), at)) && /[rRbB]/.test(last);
      at = stringEnd(text, at, raw);
      beforeLast = last;
      last = '"';
      lastAt = at - 1;
      continue;
    }
    if (/\s/.test(char)) {
      at++;
      continue;
    }
    if (char === "?" && (last === "." || last === "[" || last === "," || last === "{")) {
      blanks.push([at, at + 1]);
      if (last === ".") {
        selects.add(lastAt);
      } else if (last === "[" && /[\w)\]}"]/.test(beforeLast)) {
        indexes.add(lastAt);
      } else {
        items.add(at);
      }
      at++;
      continue;
    }
    beforeLast = last;
    last = char;
    lastAt = at;
    at++;
  }
  return { text: blanked(text, blanks), selects, indexes, items };
}

function blanked(text: string, parts: readonly (readonly [start: number, end: number])[]): string {
  let result = "";
  let from = 0;
  for (const [start, end] of parts) {
    result += text.slice(from, start) + " ".repeat(end - start);
    from = end;
  }
  return result + text.slice(from);
}

/** Offset behind the string literal whose opening quote is at `start`. */
function stringEnd(text: string, start: number, raw: boolean): number {
  const quote = text[start]!;
  const delimiter = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  for (let at = start + delimiter.length; at < text.length; at++) {
    if (text.startsWith(delimiter, at)) {
      return at + delimiter.length;
    }
    if (text[at] === "\\" && !raw) {
      const escape = ESCAPES.exec(text.slice(at, at + 10));
      if (escape === null) {
        throw new CelError(
          `${position(text, at)}: unknown escape sequence ${text.slice(at, at + 2)} in a string`,
        );
      }
      at += escape[0].length - 1;
    }
  }
  // The parser says what is wrong with a string that does not end.
  return text.length;
}
