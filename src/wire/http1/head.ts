import { COLON, CR, isTargetChar, isTokenChar, isValueChar, LF, SPACE, TAB } from "./chars.ts";
import type { HpackField } from "../hpack/field.ts";
import { type Fault, faults } from "./fault.ts";
import { equalsLower, fieldAt } from "./field.ts";
import { maxFields, maxHeadBytes, maxLineBytes } from "./limits.ts";

/** Offsets kept per field: start and end of the name, start and end of the value without white space around it. */
const STRIDE = 4;

/**
 * A parsed request or response head: one latin1 string, and where its parts lie in it.
 * One instance serves a whole worker: a head is parsed, acted upon and forgotten in one turn.
 */
export class Head {
  text = "";
  /** Length of the head with its last empty line. What follows in the buffer is the body. */
  length = 0;
  /** Offset of the request line or status line: not 0 when an empty line came before it. */
  lineStart = 0;
  /** Offset of the first field line. */
  fieldsStart = 0;
  fieldCount = 0;
  readonly offsets = new Int32Array(maxFields * STRIDE);
  /** `Field` of each line. */
  readonly known = new Uint8Array(maxFields);

  /** Request: the method, and the target as offsets. */
  method = "";
  targetStart = 0;
  targetEnd = 0;
  /** Response. */
  status = 0;
  /** Minor version: 0 or 1. */
  minor = 1;

  /** Whether the head came over HTTP/2: then `decoded` has the field of each line that is as it came, and undefined for the others. */
  isDecoded = false;
  readonly decoded: (HpackField | undefined)[] = Array.from<undefined>({ length: maxFields }).fill(undefined);

  /** How often each known field appears; index is `Field`. */
  readonly seen = new Uint8Array(32);

  /**
   * Parses `text`, which starts with a request head that ends at `length`. Returns what is wrong with it.
   * `bytes` has the same from `start` on: they are what is looked at, since a character of a text costs V8 several times as much as a byte.
   * Everything that RFC 9112 calls an error in syntax is one here; framing is judged by `framing.ts`.
   */
  parseRequest(
    text: string,
    length: number,
    bytes: Uint8Array = bytesOf(text, length),
    start = 0,
  ): Fault | undefined {
    this.reset(text, length);
    let at = 0;
    // "a server that is expecting to receive and parse a request-line SHOULD ignore at least one empty
    // line (CRLF) received prior to the request-line" (section 2.2)
    if (bytes[start] === CR && bytes[start + 1] === LF) at = 2;
    const methodStart = at;
    this.lineStart = at;
    while (isTokenChar[bytes[start + at]!] === 1) at++;
    if (at === methodStart) return faults.method;
    if (bytes[start + at] !== SPACE) return faults.requestLine;
    this.method = internMethod(text, methodStart, at);
    at++;
    this.targetStart = at;
    while (isTargetChar[bytes[start + at]!] === 1) at++;
    this.targetEnd = at;
    if (at === this.targetStart) return faults.target;
    if (at - methodStart > maxLineBytes - 11) return faults.lineTooLong;
    if (bytes[start + at] !== SPACE) return faults.target;
    at++;
    if (!text.startsWith("HTTP/", at)) return faults.requestLine;
    const fault = this.parseVersion(bytes, start + at + 5);
    if (fault !== undefined) return fault;
    at += 8;
    if (bytes[start + at] !== CR || bytes[start + at + 1] !== LF) return faults.requestLine;
    return this.parseFields(at + 2, bytes, start);
  }

  /** The same for a response head. */
  parseResponse(
    text: string,
    length: number,
    bytes: Uint8Array = bytesOf(text, length),
    start = 0,
  ): Fault | undefined {
    this.reset(text, length);
    this.lineStart = 0;
    if (!text.startsWith("HTTP/")) return faults.statusLine;
    const fault = this.parseVersion(bytes, start + 5);
    if (fault !== undefined) return fault;
    if (bytes[start + 8] !== SPACE) return faults.statusLine;
    const a = bytes[start + 9]! - 0x30;
    const b = bytes[start + 10]! - 0x30;
    const c = bytes[start + 11]! - 0x30;
    if (!(a >= 1 && a <= 9 && b >= 0 && b <= 9 && c >= 0 && c <= 9)) return faults.statusLine;
    this.status = a * 100 + b * 10 + c;
    let at = 12;
    // The space before an empty reason phrase is missing in what many servers send; nothing hangs on it.
    if (bytes[start + at] === SPACE) while (isValueChar[bytes[start + at]!] === 1) at++;
    if (bytes[start + at] !== CR || bytes[start + at + 1] !== LF) return faults.statusLine;
    if (at > maxLineBytes) return faults.statusLine;
    return this.parseFields(at + 2, bytes, start);
  }

  /** Offset of the name of field `i`. */
  nameStart(i: number): number {
    return this.offsets[i * STRIDE]!;
  }

  nameEnd(i: number): number {
    return this.offsets[i * STRIDE + 1]!;
  }

  /** The name of field `i` as it was sent. */
  name(i: number): string {
    return this.text.slice(this.offsets[i * STRIDE], this.offsets[i * STRIDE + 1]);
  }

  /** The value of field `i` without white space around it. */
  value(i: number): string {
    return this.text.slice(this.offsets[i * STRIDE + 2], this.offsets[i * STRIDE + 3]);
  }

  /** Offsets of the value of field `i` without white space around it. */
  valueStart(i: number): number {
    return this.offsets[i * STRIDE + 2]!;
  }

  valueEnd(i: number): number {
    return this.offsets[i * STRIDE + 3]!;
  }

  /** Offset after the line of field `i`. */
  lineEnd(i: number): number {
    return i + 1 < this.fieldCount ? this.offsets[(i + 1) * STRIDE]! : this.length - 2;
  }

  /** Index of the first line with this `Field`, or -1. */
  indexOf(field: number): number {
    if (this.seen[field] === 0) return -1;
    return this.known.indexOf(field);
  }

  /** Value of a known field, repeated lines joined by `", "`; undefined when absent. */
  joined(field: number): string | undefined {
    let index = this.indexOf(field);
    if (index < 0) return undefined;
    let value = this.value(index);
    for (let more = this.seen[field]! - 1; more > 0; more--) {
      index = this.known.indexOf(field, index + 1);
      value += ", " + this.value(index);
    }
    return value;
  }

  /** Value of any field by its lower-case name, repeated lines joined by `","` (RFC 9110 section 5.2). */
  get(lowerName: string): string | undefined {
    let value: string | undefined;
    for (let i = 0; i < this.fieldCount; i++) {
      const start = this.offsets[i * STRIDE]!;
      if (this.offsets[i * STRIDE + 1]! - start !== lowerName.length) continue;
      if (!equalsLower(this.text, start, lowerName)) continue;
      value = value === undefined ? this.value(i) : value + "," + this.value(i);
    }
    return value;
  }

  /**
   * Begins a head that another codec writes in the form of HTTP/1.1: its start line here, then `append` for each field, then
   * `finish`. The caller has checked the characters of both.
   */
  beginRequest(method: string, target: string): void {
    this.reset("", 0);
    this.isDecoded = true;
    this.method = method;
    this.minor = 1;
    this.lineStart = 0;
    this.targetStart = method.length + 1;
    this.targetEnd = this.targetStart + target.length;
    this.text = `${method} ${target} HTTP/1.1\r\n`;
    this.length = this.fieldsStart = this.targetEnd + 11;
  }

  /** The same for a response. */
  beginResponse(status: number): void {
    this.reset("", 0);
    this.isDecoded = true;
    this.status = status;
    this.minor = 1;
    this.lineStart = 0;
    this.text = `HTTP/1.1 ${status} \r\n`;
    this.length = this.fieldsStart = 15;
  }

  /** `line` is `name: value\r\n`; `field` is its `Field`; `decoded` says the same. Returns whether there is still room. */
  append(line: string, nameLength: number, field: number, decoded: HpackField | undefined): boolean {
    const count = this.fieldCount;
    if (count === maxFields || this.length + line.length > maxHeadBytes) return false;
    const slot = count * STRIDE;
    const at = this.length;
    const { offsets } = this;
    offsets[slot] = at;
    offsets[slot + 1] = at + nameLength;
    offsets[slot + 2] = at + nameLength + 2;
    offsets[slot + 3] = at + line.length - 2;
    this.known[count] = field;
    this.decoded[count] = decoded;
    this.seen[field]!++;
    this.fieldCount = count + 1;
    this.text += line;
    this.length = at + line.length;
    return true;
  }

  finish(): void {
    this.text += "\r\n";
    this.length += 2;
  }

  private reset(text: string, length: number): void {
    this.text = text;
    this.length = length;
    this.method = "";
    this.fieldCount = 0;
    this.isDecoded = false;
    this.seen.fill(0);
  }

  private parseVersion(bytes: Uint8Array, at: number): Fault | undefined {
    const major = bytes[at]!;
    const minor = bytes[at + 2]!;
    if (bytes[at + 1] !== 0x2e || !isDigit(major) || !isDigit(minor)) return faults.requestLine;
    if (major !== 0x31 || minor > 0x31) return faults.version;
    this.minor = minor - 0x30;
    return undefined;
  }

  private parseFields(from: number, bytes: Uint8Array, start: number): Fault | undefined {
    const text = this.text;
    const offsets = this.offsets;
    const end = this.length - 2;
    this.fieldsStart = from;
    if (this.length > maxHeadBytes) return faults.headTooLarge;
    let at = from;
    let count = 0;
    while (at < end) {
      if (count === maxFields) return faults.tooManyFields;
      const nameStart = at;
      while (isTokenChar[bytes[start + at]!] === 1) at++;
      if (at === nameStart) return isBlank(bytes[start + at]!) ? faults.obsFold : faults.fieldName;
      // "No whitespace is allowed between the field name and colon" (section 5.1)
      if (bytes[start + at] !== COLON) return faults.fieldName;
      const nameEnd = at;
      at++;
      while (isBlank(bytes[start + at]!)) at++;
      const valueStart = at;
      while (isValueChar[bytes[start + at]!] === 1) at++;
      if (bytes[start + at] !== CR) return bytes[start + at] === LF ? faults.bareLineFeed : faults.fieldValue;
      if (bytes[start + at + 1] !== LF) return faults.fieldValue;
      let valueEnd = at;
      while (valueEnd > valueStart && isBlank(bytes[start + valueEnd - 1]!)) valueEnd--;
      const slot = count * STRIDE;
      offsets[slot] = nameStart;
      offsets[slot + 1] = nameEnd;
      offsets[slot + 2] = valueStart;
      offsets[slot + 3] = valueEnd;
      const field = fieldAt(text, nameStart, nameEnd);
      this.known[count] = field;
      this.seen[field]!++;
      count++;
      at += 2;
    }
    this.fieldCount = count;
    return undefined;
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** What no byte can stand for is not allowed anywhere in a head, and neither is 0. */
function bytesOf(text: string, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i++) bytes[i] = text.charCodeAt(i) > 0xff ? 0 : text.charCodeAt(i);
  return bytes;
}

/** Common methods without a new string. */
function internMethod(text: string, start: number, end: number): string {
  if (end - start === 3 && text.startsWith("GET", start)) return "GET";
  if (end - start === 4 && text.startsWith("POST", start)) return "POST";
  return text.slice(start, end);
}
