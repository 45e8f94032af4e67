import type { Frame } from "../budget.ts";
import { CelError } from "../error.ts";
import { fn, method, type Overload } from "../overload.ts";
import { BOOL, DYN, INT, list, STRING } from "../types.ts";
import type { Int } from "../values.ts";
import { format } from "./format-text.ts";

/** Unicode's white space; JavaScript counts U+FEFF too and leaves U+0085 out. */
const SPACES =
  "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" +
  "\u2028\u2029\u202f\u205f\u3000";

const SURROGATE = /[\ud800-\udfff]/;

/** Length in code points. */
export function charCount(frame: Frame, text: string): number {
  frame.spendText(text.length);
  return SURROGATE.test(text) ? Array.from(text).length : text.length;
}

/** The text as something to index by code point: itself when that is the same. */
function points(frame: Frame, text: string): string | string[] {
  frame.spendText(text.length);
  return SURROGATE.test(text) ? Array.from(text) : text;
}

function part(text: string | string[], start: number, end?: number): string {
  return typeof text === "string" ? text.slice(start, end) : text.slice(start, end).join("");
}

function range(offset: Int): never {
  throw new CelError(`index out of range: ${offset}`);
}

const test = (name: string, run: (text: string, other: string) => boolean): Overload =>
  method(name, [STRING, STRING], BOOL, (frame, text: string, other: string) => {
    frame.spendText(text.length + other.length);
    return run(text, other);
  });

/** String functions of the language and of its string extension, version 2. */
export function strings(): Overload[] {
  return [
    test("contains", (text, other) => text.includes(other)),
    test("startsWith", (text, other) => text.startsWith(other)),
    test("endsWith", (text, other) => text.endsWith(other)),
    method("charAt", [STRING, INT], STRING, (frame, text: string, at: Int) => {
      const chars = points(frame, text);
      return at < 0 || at > chars.length ? range(at) : (chars[Number(at)] ?? "");
    }),
    method("indexOf", [STRING, STRING], INT, (frame, text: string, other: string) =>
      indexOf(frame, text, other, 0),
    ),
    method("indexOf", [STRING, STRING, INT], INT, indexOf),
    method("lastIndexOf", [STRING, STRING], INT, (frame, text: string, other: string) => {
      const { length } = points(frame, text);
      return other === "" ? length : length === 0 ? -1 : lastIndexOf(frame, text, other, length - 1);
    }),
    method("lastIndexOf", [STRING, STRING, INT], INT, lastIndexOf),
    method("lowerAscii", [STRING], STRING, (frame, text: string) => {
      frame.spendText(text.length);
      return text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase());
    }),
    method("upperAscii", [STRING], STRING, (frame, text: string) => {
      frame.spendText(text.length);
      return text.replace(/[a-z]+/g, (lower) => lower.toUpperCase());
    }),
    method("replace", [STRING, STRING, STRING], STRING, (frame, text: string, old: string, by: string) =>
      replace(frame, text, old, by, -1),
    ),
    method("replace", [STRING, STRING, STRING, INT], STRING, replace),
    method("split", [STRING, STRING], list(STRING), (frame, text: string, by: string) =>
      split(frame, text, by, -1),
    ),
    method("split", [STRING, STRING, INT], list(STRING), split),
    method("substring", [STRING, INT], STRING, (frame, text: string, start: Int) => {
      const chars = points(frame, text);
      return start < 0 || start > chars.length ? range(start) : part(chars, Number(start));
    }),
    method("substring", [STRING, INT, INT], STRING, (frame, text: string, start: Int, end: Int) => {
      const chars = points(frame, text);
      if (start > end || start < 0 || start > chars.length) {
        range(start);
      }
      return end > chars.length ? range(end) : part(chars, Number(start), Number(end));
    }),
    method("trim", [STRING], STRING, (frame, text: string) => {
      frame.spendText(text.length);
      let start = 0;
      let end = text.length;
      while (start < end && SPACES.includes(text[start]!)) {
        start++;
      }
      while (end > start && SPACES.includes(text[end - 1]!)) {
        end--;
      }
      return text.slice(start, end);
    }),
    method("join", [list(STRING)], STRING, (frame, parts: readonly string[]) => join(frame, parts, "")),
    method("join", [list(STRING), STRING], STRING, join),
    method("format", [STRING, list(DYN)], STRING, format),
    fn("strings.quote", [STRING], STRING, (frame, text: string) => {
      frame.spendText(text.length * 2);
      return quote(text);
    }),
  ];
}

function indexOf(frame: Frame, text: string, other: string, offset: Int): Int {
  if (other === "") {
    return offset;
  }
  if (offset < 0) {
    range(offset);
  }
  const chars = points(frame, text);
  frame.spendText(other.length);
  if (typeof chars === "string") {
    return offset >= chars.length ? -1 : chars.indexOf(other, Number(offset));
  }
  const rest = chars.slice(Number(offset)).join("");
  const found = rest.indexOf(other);
  return found === -1 ? -1 : Number(offset) + Array.from(rest.slice(0, found)).length;
}

function lastIndexOf(frame: Frame, text: string, other: string, offset: Int): Int {
  if (other === "") {
    return offset;
  }
  if (offset < 0) {
    range(offset);
  }
  const chars = points(frame, text);
  frame.spendText(other.length);
  if (offset >= chars.length) {
    return -1;
  }
  if (typeof chars === "string") {
    return chars.lastIndexOf(other, Number(offset));
  }
  const found = text.lastIndexOf(other, chars.slice(0, Number(offset)).join("").length);
  return found === -1 ? -1 : Array.from(text.slice(0, found)).length;
}

/** The pieces between the first `count` (-1: all) separators. */
function pieces(frame: Frame, text: string, by: string, count: number): string[] {
  frame.spendText(text.length);
  if (by === "") {
    frame.spend(text.length);
    const chars = Array.from(text);
    return count < 0 || chars.length <= count
      ? chars
      : [...chars.slice(0, count), chars.slice(count).join("")];
  }
  const all = text.split(by);
  frame.spend(all.length);
  return count < 0 || all.length <= count + 1 ? all : [...all.slice(0, count), all.slice(count).join(by)];
}

function replace(frame: Frame, text: string, old: string, by: string, count: Int): string {
  if (Number(count) === 0) {
    return text;
  }
  let parts: string[];
  if (old === "") {
    // Before every character and at the end.
    const chars = pieces(frame, text, "", -1);
    const places = count < 0 ? chars.length + 1 : Math.min(Number(count), chars.length + 1);
    parts = ["", ...chars.slice(0, places - 1), chars.slice(places - 1).join("")];
    parts.length = places + 1;
  } else {
    parts = pieces(frame, text, old, Number(count));
  }
  frame.spendText(text.length + parts.length * by.length);
  return parts.join(by);
}

function split(frame: Frame, text: string, by: string, limit: Int): string[] {
  if (Number(limit) === 0) {
    return [];
  }
  return pieces(frame, text, by, limit < 0 ? -1 : Number(limit) - 1);
}

function join(frame: Frame, parts: readonly string[], by: string): string {
  let length = parts.length * by.length;
  for (const text of parts as readonly unknown[]) {
    if (typeof text !== "string") {
      throw new CelError("join: not every item is a string");
    }
    length += text.length;
  }
  frame.spend(parts.length);
  frame.spendText(length);
  return parts.join(by);
}

const QUOTED: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

/** As an expression would write the string. */
export function quote(text: string): string {
  return `"${text.toWellFormed().replace(/[\u0007\b\f\n\r\t\v\\"]/g, (char) => QUOTED[char]!)}"`;
}
