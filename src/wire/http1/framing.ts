import { type Fault, faults } from "./fault.ts";
import { equalsLower, Field } from "./field.ts";
import type { Head } from "./head.ts";

/** How the body of a message is delimited. Lengths are numbers of bytes, zero or more. */
export const Body = {
  /** No body, and no byte of one follows. */
  none: -1,
  chunked: -2,
  /** Response only: everything until the connection is closed. */
  untilClose: -3,
} as const;

/**
 * The one place where framing is judged, for every message that comes in from either side
 * (RFC 9112 section 6). Ambiguous framing is never repaired and never forwarded: a message is either
 * what both sides must read alike, or it is refused.
 */
export class Framing {
  /** `Body.none`, `Body.chunked`, `Body.untilClose`, or the length in bytes. */
  body: number = Body.none;
  /** Whether the connection may carry another message after this one. */
  persistent = true;

  request(head: Head): Fault | undefined {
    this.persistent = isPersistent(head);
    if (head.seen[Field.transferEncoding]! > 0) {
      this.body = Body.chunked;
      return encodingFault(head);
    }
    if (head.seen[Field.contentLength]! > 0) return this.byLength(head);
    this.body = Body.none;
    return undefined;
  }

  /** `method` is that of the request that is answered: HEAD and CONNECT change what follows. */
  response(head: Head, method: string): Fault | undefined {
    this.persistent = isPersistent(head);
    const status = head.status;
    if (head.seen[Field.transferEncoding]! > 0) {
      const fault = encodingFault(head);
      if (fault !== undefined) return fault;
      // "A server MUST NOT send a Transfer-Encoding header field in any response with a status code of
      // 1xx (Informational) or 204 (No Content)" (section 6.1)
      if (status < 200 || status === 204) return faults.encodingNotChunked;
      this.body = method === "HEAD" || status === 304 ? Body.none : Body.chunked;
      return undefined;
    }
    if (head.seen[Field.contentLength]! > 0) {
      const fault = this.byLength(head);
      if (fault !== undefined) return fault;
      if (isBodiless(status, method)) this.body = Body.none;
      return undefined;
    }
    if (isBodiless(status, method)) {
      this.body = Body.none;
      return undefined;
    }
    this.body = Body.untilClose;
    this.persistent = false;
    return undefined;
  }

  private byLength(head: Head): Fault | undefined {
    // The standard lets a recipient accept a repeated equal value; two readings of one message are not worth that.
    if (head.seen[Field.contentLength]! > 1) return faults.lengthTwice;
    const length = parseLength(head.value(head.indexOf(Field.contentLength)));
    if (length < 0) return faults.length;
    this.body = length;
    return undefined;
  }
}

/** "any response to a HEAD request and any response with a 1xx, 204, or 304 status code" (section 6.3). */
function isBodiless(status: number, method: string): boolean {
  return method === "HEAD" || status < 200 || status === 204 || status === 304;
}

/** What nearly every Connection field says, without a look at its parts. */
export function isKeepAlive(options: string): boolean {
  return options.length === 10 && equalsLower(options, 0, "keep-alive");
}

function isPersistent(head: Head): boolean {
  if (head.seen[Field.connection] === 0) return head.minor === 1;
  const options = head.joined(Field.connection)!;
  if (isKeepAlive(options)) return true;
  if (hasToken(options, "close")) return false;
  return head.minor === 1 || hasToken(options, "keep-alive");
}

function encodingFault(head: Head): Fault | undefined {
  if (head.seen[Field.contentLength]! > 0) return faults.lengthAndEncoding;
  if (head.minor === 0) return faults.encodingIn10;
  // A tab is legal white space, but parsers in wide use do not recognise "chunked" next to one.
  const line = head.indexOf(Field.transferEncoding);
  if (head.text.slice(head.nameStart(line), head.lineEnd(line)).includes("\t"))
    return faults.encodingNotChunked;
  const codings = head.joined(Field.transferEncoding)!;
  if (codings.length === 7 && equalsLower(codings, 0, "chunked")) return undefined;
  const list = codings.split(",").map((coding) => coding.trim().toLowerCase());
  if (list.at(-1) !== "chunked") return faults.encodingNotChunked;
  if (list.filter((coding) => coding === "chunked").length > 1) return faults.encodingTwice;
  // `, chunked` and the like: an empty list element is legal in the grammar, and not worth a doubt.
  if (list.includes("")) return faults.encodingNotChunked;
  return faults.encodingUnknown;
}

/** A `Content-Length` value as a number, or -1 when it is not only digits or too large to count exactly. */
export function parseLength(value: string): number {
  if (value.length === 0 || value.length > 16) return -1;
  let length = 0;
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    length = length * 10 + digit;
  }
  return length > Number.MAX_SAFE_INTEGER ? -1 : length;
}

/** Whether a comma-separated list holds the token `lower`, in any case. */
export function hasToken(list: string, lower: string): boolean {
  if (list.length < lower.length) return false;
  if (list.length === lower.length) return equalsLower(list, 0, lower);
  for (const part of list.split(",")) {
    const token = part.trim();
    if (token.length === lower.length && equalsLower(token, 0, lower)) return true;
  }
  return false;
}
