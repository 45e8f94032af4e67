import { CelError, position } from "./error.ts";
import { quoted } from "./quoted.ts";

const SYMBOLS = [
  "==",
  "!=",
  "<=",
  ">=",
  "&&",
  "||",
  "<",
  ">",
  "+",
  "-",
  "*",
  "/",
  "%",
  "!",
  "?",
  ":",
  ".",
  ",",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
] as const;

/** Words that the grammar uses, so that not even a field can be named by them. */
const KEYWORDS = ["in", "true", "false", "null"] as const;

export type Kind =
  | "name"
  | "int"
  | "uint"
  | "double"
  | "string"
  | "bytes"
  | "end"
  | (typeof SYMBOLS)[number]
  | (typeof KEYWORDS)[number];

const words: ReadonlyMap<string, Kind> = new Map(KEYWORDS.map((word) => [word, word]));
const symbols: ReadonlyMap<string, Kind> = new Map(SYMBOLS.map((symbol) => [symbol, symbol]));

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const DOUBLE = /\d*\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+/y;
const INTEGER = /(?:0x[0-9a-fA-F]+|\d+)[uU]?/y;

/** Prefixes of strings: bytes, and raw ones that know no escapes. */
const PREFIX = /^(?:[rR]|[bB][rR]?)$/;

/** Reads an expression token by token; `advance` goes on to the next. Throws `CelError` for what is no token. */
export class Scanner {
  readonly text: string;
  kind: Kind;
  /** Offset of the token. */
  start: number;
  /** Offset behind the token. */
  end: number;
  /** Of a name or a number as it is written, of a string without quotes and escapes; else undefined. */
  value: string | Uint8Array | undefined;

  constructor(text: string) {
    this.text = text;
    this.kind = "end";
    this.start = 0;
    this.end = 0;
    this.value = undefined;
    this.advance();
  }

  advance(): void {
    const { text } = this;
    const start = skipSpace(text, this.end);
    this.start = start;
    this.value = undefined;
    const char = text[start];
    if (char === undefined) {
      this.end = start;
      this.kind = "end";
    } else if (char === '"' || char === "'") {
      this.quote(start, "");
    } else if (!this.word(start) && !this.number(start)) {
      this.symbol(start);
    }
  }

  /** Goes on when the token is of that kind. */
  accept(kind: Kind): boolean {
    if (this.kind !== kind) {
      return false;
    }
    this.advance();
    return true;
  }

  /** @param expected What a message calls it. */
  expect(kind: Kind, expected: string): void {
    if (!this.accept(kind)) {
      throw this.unexpected(expected);
    }
  }

  /** The error of a token that cannot stand here. */
  unexpected(expected: string): CelError {
    const { start, end, kind } = this;
    const found = kind === "end" ? "end of the expression" : shortened(this.text.slice(start, end));
    return this.error(start, `syntax error: unexpected ${found}, expected ${expected}`);
  }

  error(at: number, message: string): CelError {
    return new CelError(`${position(this.text, at)}: ${message}`);
  }

  private word(start: number): boolean {
    const word = match(NAME, this.text, start);
    if (word === undefined) {
      return false;
    }
    const end = start + word.length;
    const next = this.text[end];
    if ((next === '"' || next === "'") && PREFIX.test(word)) {
      this.quote(end, word);
      return true;
    }
    this.end = end;
    this.kind = words.get(word) ?? "name";
    this.value = word;
    return true;
  }

  private number(start: number): boolean {
    const double = match(DOUBLE, this.text, start);
    const number = double ?? match(INTEGER, this.text, start);
    if (number === undefined) {
      return false;
    }
    this.end = start + number.length;
    this.kind = double !== undefined ? "double" : /[uU]$/.test(number) ? "uint" : "int";
    this.value = number;
    return true;
  }

  private symbol(start: number): void {
    const { text } = this;
    const kind = symbols.get(text.slice(start, start + 2)) ?? symbols.get(text[start]!);
    if (kind === undefined) {
      const char = String.fromCodePoint(text.codePointAt(start)!);
      throw new CelError(
        `${position(text, start)}: syntax error: unexpected character ${JSON.stringify(char)}`,
      );
    }
    this.end = start + kind.length;
    this.kind = kind;
  }

  private quote(start: number, prefix: string): void {
    const bytes = /[bB]/.test(prefix);
    const { value, end } = quoted(this.text, start, bytes, /[rR]/.test(prefix));
    this.end = end;
    this.kind = bytes ? "bytes" : "string";
    this.value = value;
  }
}

/** Offset of what comes after white space and comments. */
function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const char = text[at];
    if (char === " " || char === "\n" || char === "\t" || char === "\r" || char === "\f") {
      at++;
    } else if (char === "/" && text[at + 1] === "/") {
      const line = text.indexOf("\n", at);
      at = line === -1 ? text.length : line;
    } else {
      return at;
    }
  }
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Characters of a token that a message shows. */
const SHOWN_MAX = 20;

/** A token as a message shows it, on one line. */
function shortened(token: string): string {
  const start = token.length > SHOWN_MAX ? `${token.slice(0, SHOWN_MAX)}…` : token;
  return `'${JSON.stringify(start).slice(1, -1).replaceAll('\\"', '"')}'`;
}
