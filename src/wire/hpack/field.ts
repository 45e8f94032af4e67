import { isTokenChar, isValueChar, SPACE, TAB } from "../http1/chars.ts";
import { equalsLower, Field, fieldAt } from "../http1/field.ts";

/** What kind of field a name makes: a regular one, a pseudo-field, or one that HTTP/2 does not allow. */
export const Pseudo = {
  none: 0,
  method: 1,
  scheme: 2,
  authority: 3,
  path: 4,
  status: 5,
  protocol: 6,
  unknown: 7,
  invalid: -1,
} as const;

const pseudoFields: ReadonlyMap<string, number> = new Map([
  [":method", Pseudo.method],
  [":scheme", Pseudo.scheme],
  [":authority", Pseudo.authority],
  [":path", Pseudo.path],
  [":status", Pseudo.status],
  [":protocol", Pseudo.protocol],
]);

/**
 * "An endpoint MUST NOT generate an HTTP/2 message containing connection-specific header fields"
 * (RFC 9113 section 8.2.2). `te` is one too, but for one value, see `HpackField`.
 */
const connectionSpecific: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

const credentials: ReadonlySet<string> = new Set(["authorization", "cookie", "set-cookie"]);

/**
 * Whether the values of this field are secrets: never indexed on their way out (RFC 7541 section 7.1.3),
 * never kept in a cache that connections share.
 */
export function isSensitive(lowerName: string): boolean {
  return credentials.has(lowerName) || lowerName.startsWith("proxy-");
}

/** A field name and all that follows from it, so that a value is all that is left to judge. */
export class HpackName {
  readonly text: string;
  /** `Field` of wire/http1/field.ts. */
  readonly known: number;
  /** One of `Pseudo`. */
  readonly kind: number;
  readonly sensitive: boolean;
  /** Start of the line in an HTTP/1 head. */
  readonly lineStart: string;

  /** `text` is latin1, as it was sent. */
  constructor(text: string) {
    this.text = text;
    this.known = fieldAt(text, 0, text.length);
    this.kind = kindOf(text);
    this.sensitive = isSensitive(text);
    this.lineStart = text + ": ";
  }
}

function kindOf(name: string): number {
  if (name.startsWith(":")) return pseudoFields.get(name) ?? Pseudo.unknown;
  if (name === "" || connectionSpecific.has(name)) return Pseudo.invalid;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    // "A field name MUST NOT contain characters in the ranges 0x00-0x20, 0x41-0x5a, or 0x7f-0xff"
    // (RFC 9113 section 8.2.1); what is no token character could not be written into an HTTP/1 head either.
    if (isTokenChar[code] !== 1 || (code >= 0x41 && code <= 0x5a)) return Pseudo.invalid;
  }
  return Pseudo.none;
}

/** Octets that an entry of a table counts on top of its name and value (RFC 7541 section 4.1). */
const entryOverhead = 32;

/** A decoded field. Everything about it is worked out once, so that an entry of a table costs nothing per use. */
export class HpackField {
  readonly named: HpackName;
  readonly name: string;
  /** One latin1 character per octet. */
  readonly value: string;
  /** Octets of name and value, and 32 (RFC 7541 section 4.1). */
  readonly size: number;
  /** One of `Pseudo`: 0 is a regular field, -1 one that must not be in an HTTP/2 message. */
  readonly kind: number;
  /** The line in an HTTP/1 head, `name: value\r\n`. Empty for anything but a regular field, so that it cannot smuggle. */
  readonly line: string;
  /** `Field` of wire/http1/field.ts. */
  readonly known: number;
  /** It came as such a literal: "Intermediaries MUST use the same representation" (RFC 7541 section 6.2.3). */
  readonly neverIndexed: boolean;
  /** What the encoder makes of it, from when that was first asked for: see `encodeDecoded`. */
  encoded = "";

  constructor(named: HpackName, value: string, neverIndexed = false) {
    this.named = named;
    this.neverIndexed = neverIndexed;
    this.name = named.text;
    this.value = value;
    this.size = named.text.length + value.length + entryOverhead;
    this.kind = isAllowed(named, value) ? named.kind : Pseudo.invalid;
    this.line = this.kind === Pseudo.none ? named.lineStart + value + "\r\n" : "";
    this.known = named.known;
  }
}

/** Whether the value may stand in an HTTP/2 message (RFC 9113 sections 8.2.1 and 8.2.2) and in an HTTP/1 head. */
function isAllowed(named: HpackName, value: string): boolean {
  const length = value.length;
  for (let i = 0; i < length; i++) if (isValueChar[value.charCodeAt(i)] !== 1) return false;
  if (length === 0) return named.known !== Field.te;
  // "A field value MUST NOT start or end with an ASCII whitespace character" (section 8.2.1)
  if (isBlank(value.charCodeAt(0)) || isBlank(value.charCodeAt(length - 1))) return false;
  // "the TE header field ... MUST NOT contain any value other than "trailers"" (section 8.2.2)
  if (named.known === Field.te) return length === 8 && equalsLower(value, 0, "trailers");
  return true;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
