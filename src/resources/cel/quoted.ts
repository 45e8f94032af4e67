import { CelError, position } from "./error.ts";

const ESCAPE =
  /\\(?:([abfnrtv"'`\\?])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/y;

/** The letters of escapes that do not stand for themselves. */
const CONTROLS: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** What ends a run of plain characters, by quote: strings in one quote end at their line too. */
const STOPS: Readonly<Record<string, RegExp>> = {
  '"': /["\\\r\n]/g,
  "'": /['\\\r\n]/g,
  '"""': /"""|\\/g,
  "'''": /'''|\\/g,
};

/**
 * Reads the string or bytes whose opening quote is at `start`; `end` is the offset behind the closing one. A raw one
 * has no escapes. Throws `CelError`.
 */
export function quoted(
  text: string,
  start: number,
  bytes: boolean,
  raw: boolean,
): { value: string | Uint8Array; end: number } {
  const single = text[start]!;
  const quote = text.startsWith(single.repeat(3), start) ? single.repeat(3) : single;
  const stop = STOPS[quote]!;
  const chunks: (string | Uint8Array)[] = [];
  const addText = (end: number): void => {
    // Lines of strings in three quotes end in \n, however the text ends them, as in kube-apiserver's parser.
    chunks.push(text.slice(from, end).replace(/\r\n?/g, "\n"));
  };
  let from = start + quote.length;
  let at = from;
  for (;;) {
    stop.lastIndex = at;
    const found = stop.exec(text);
    if (found === null || found[0] === "\n" || found[0] === "\r") {
      const where = found === null ? "" : " on its line";
      throw new CelError(
        `${position(text, start)}: syntax error: the string does not end${where}, a closing ${quote} is missing`,
      );
    }
    at = found.index;
    if (found[0] === quote) {
      addText(at);
      return { value: bytes ? joinBytes(chunks) : chunks.join(""), end: at + quote.length };
    }
    if (raw) {
      at++;
      continue;
    }
    addText(at);
    const { value, length } = escape(text, at, bytes);
    chunks.push(value);
    at += length;
    from = at;
  }
}

/** The escape sequence at an offset, and its length. */
function escape(text: string, at: number, bytes: boolean): { value: string | Uint8Array; length: number } {
  ESCAPE.lastIndex = at;
  const found = ESCAPE.exec(text);
  if (found === null) {
    throw new CelError(
      `${position(text, at)}: unknown escape sequence ${text.slice(at, at + 2)} in a string; a backslash is written \\\\`,
    );
  }
  const [{ length }, letter, octet, short, long, octal] = found;
  if (letter !== undefined) {
    return { value: CONTROLS[letter] ?? letter, length };
  }
  const unicode = short ?? long;
  const code = octal === undefined ? Number.parseInt(unicode ?? octet!, 16) : Number.parseInt(octal, 8);
  if (bytes && unicode !== undefined) {
    throw new CelError(`${position(text, at)}: bytes are written \\xHH or \\OOO, not ${found[0]}`);
  }
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    throw new CelError(
      `${position(text, at)}: ${found[0]} is no Unicode character; characters beyond \\uFFFF are written \\U and 8 hexadecimal digits`,
    );
  }
  return { value: bytes ? Uint8Array.of(code) : String.fromCodePoint(code), length };
}

function joinBytes(chunks: readonly (string | Uint8Array)[]): Uint8Array {
  const parts = chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk));
  return new Uint8Array(Buffer.concat(parts));
}
