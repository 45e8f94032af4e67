import { type HpackField, isSensitive } from "./field.ts";
import { staticIndexOf, staticTable } from "./static-table.ts";

/*
 * Everything here returns octets as latin1 text, the form in which frames are written. Fields are literals that no
 * table keeps, and never Huffman-coded: a proxy has more bandwidth to its peers than time.
 */

/**
 * The first block of a connection starts with this: the dynamic table has no entries and never will, so that no
 * SETTINGS_HEADER_TABLE_SIZE of the peer has to be answered (RFC 7541 section 4.2).
 */
export const noDynamicTable = "\x20";

/** Names whose octets are kept: what peers invent must not grow memory. */
const keptNames = 512;
/** What of a hash of 32 bits is too much for half of `keptNames`. */
const slotShift = 32 - 8;

/** Longer names are worked out each time. */
const maxKeptLength = 64;

/** The first octet of a literal without indexing, and of one that is never indexed (sections 6.2.2 and 6.2.3). */
const PLAIN = 0x00;
const NEVER = 0x10;

/** A name and its octets. */
class EncodedName {
  readonly name: string;
  /** All of a literal field before the length of its value. */
  readonly literal: string;
  /** The value with which the whole field is an entry of the static table, and its length; -1 for none. */
  readonly whole: string;
  readonly wholeLength: number;
  /** The field with that value. */
  readonly indexed: string;

  /** `name` is in any case. */
  constructor(name: string) {
    const lowerName = name.toLowerCase();
    const index = staticIndexOf(lowerName);
    const start = integer(isSensitive(lowerName) ? NEVER : PLAIN, 4, index);
    this.name = name;
    this.literal = index > 0 ? start : start + encodeString(lowerName);
    this.whole = index > 0 ? staticTable[index - 1]!.value : "";
    this.wholeLength = index > 0 ? this.whole.length : -1;
    this.indexed = index > 0 ? integer(0x80, 7, index) : "";
  }
}

/** The first octet of an integer is all of it below 127 (section 5.1), which most lengths are. */
const lengths: readonly string[] = Array.from({ length: 127 }, (_, length) => String.fromCharCode(length));

/**
 * Names as they stand in heads, in whatever case, each in one of the two slots that it can be in: a `Map` would need
 * the name cut out and hashed first, and one that is full of what an attacker invented would not take another.
 */
const names: (EncodedName | undefined)[] = Array.from<undefined>({ length: keptNames }).fill(undefined);

const statuses: readonly string[] = Array.from({ length: 1000 }, (_, status) => statusOctets(status));

const methodName = new EncodedName(":method").literal;
const pathName = new EncodedName(":path").literal;
const authorityName = new EncodedName(":authority").literal;

/** `:status` of 100 to 999. */
export function encodeStatus(status: number): string {
  return statuses[status]!;
}

/** `:scheme`, to go before the other pseudo-fields or after them. */
export function encodeScheme(scheme: "http" | "https"): string {
  return scheme === "http" ? "\x86" : "\x87";
}

/** The other pseudo-fields of a request that is no CONNECT. An empty `authority` is left out (RFC 9113 section 8.3.1). */
export function encodeRequestStart(method: string, authority: string, path: string): string {
  const start = method === "GET" ? "\x82" : method === "POST" ? "\x83" : methodName + encodeString(method);
  const target = path === "/" ? "\x84" : pathName + encodeString(path);
  const host = authority === "" ? "" : authorityName + encodeString(authority);
  return start + host + target;
}

/**
 * A field of an HTTP/1 head: its name, in any case, is `text[nameStart..nameEnd)`, its value
 * `text[valueStart..valueEnd)`. Leaving out what is connection-specific is for the caller.
 */
export function encodeLine(
  text: string,
  nameStart: number,
  nameEnd: number,
  valueStart: number,
  valueEnd: number,
): string {
  const encoded = encodedName(text, nameStart, nameEnd);
  const length = valueEnd - valueStart;
  if (length === encoded.wholeLength && text.startsWith(encoded.whole, valueStart)) return encoded.indexed;
  const start = encoded.literal + (length < 127 ? lengths[length]! : integer(0, 7, length));
  return start + text.slice(valueStart, valueEnd);
}

/** A field of a lower-case name, as a literal unless the whole of it is in the static table. Both are latin1. */
export function encodeField(lowerName: string, value: string): string {
  const encoded = encodedName(lowerName, 0, lowerName.length);
  return value === encoded.whole && encoded.wholeLength >= 0
    ? encoded.indexed
    : encoded.literal + encodeString(value);
}

/** A regular field that somebody has sent us. It is written once for all messages that refer to the same entry of a table. */
export function encodeDecoded(field: HpackField): string {
  if (field.encoded === "") {
    const { name, value, neverIndexed } = field;
    field.encoded = neverIndexed ? encodeNeverIndexed(name, value) : encodeField(name, value);
  }
  return field.encoded;
}

function encodeNeverIndexed(lowerName: string, value: string): string {
  const index = staticIndexOf(lowerName);
  const start = integer(NEVER, 4, index);
  return start + (index > 0 ? "" : encodeString(lowerName)) + encodeString(value);
}

/** What a literal field of a lower-case name begins with; `encodeString` of its value is the rest. */
export function literalStart(lowerName: string): string {
  return new EncodedName(lowerName).literal;
}

/** A string without Huffman code (section 5.2). */
export function encodeString(text: string): string {
  return (text.length < 127 ? lengths[text.length]! : integer(0, 7, text.length)) + text;
}

function encodedName(text: string, start: number, end: number): EncodedName {
  const slot = slotOf(text, start, end);
  const kept = names[slot];
  if (kept !== undefined && isAt(kept, text, start, end)) return kept;
  const second = names[slot + 1];
  if (second !== undefined && isAt(second, text, start, end)) return second;
  if (end - start > maxKeptLength) return new EncodedName(text.slice(start, end));
  // A copy: a slice would keep the whole head that it was cut from.
  const encoded = new EncodedName(Buffer.from(text.slice(start, end), "latin1").toString("latin1"));
  names[slot + 1] = kept;
  names[slot] = encoded;
  return encoded;
}

function isAt(kept: EncodedName, text: string, start: number, end: number): boolean {
  return kept.name.length === end - start && text.startsWith(kept.name, start);
}

/** The first of two slots. Some characters are enough: names that share a slot cost no more than working them out again. */
function slotOf(text: string, start: number, end: number): number {
  const sample =
    (end - start) ^
    (text.charCodeAt((start + 3 * end) >> 2) << 5) ^
    (text.charCodeAt(end - 1) << 10) ^
    (text.charCodeAt((start + end) >> 1) << 16) ^
    (text.charCodeAt(start) << 22);
  return (Math.imul(sample, 0x9e3779b1) >>> slotShift) << 1;
}

function statusOctets(status: number): string {
  const value = String(status);
  const index = staticTable.findIndex((field) => field.name === ":status" && field.value === value);
  return index >= 0
    ? integer(0x80, 7, index + 1)
    : integer(PLAIN, 4, staticIndexOf(":status")) + encodeString(value);
}

/** `value` in the low `bits` of an octet that has `high` above them, and in as many more as it needs (section 5.1). */
function integer(high: number, bits: number, value: number): string {
  const mask = (1 << bits) - 1;
  if (value < mask) return String.fromCharCode(high | value);
  let octets = String.fromCharCode(high | mask);
  let rest = value - mask;
  for (; rest >= 0x80; rest >>>= 7) octets += String.fromCharCode((rest & 0x7f) | 0x80);
  return octets + String.fromCharCode(rest);
}
