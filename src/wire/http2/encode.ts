import { encodeDecoded, encodeField, encodeLine, encodeRequestStart } from "../hpack/encoder.ts";
import { equalsLower, Field, fieldAt } from "../http1/field.ts";
import type { Head } from "../http1/head.ts";

/**
 * Fields of HTTP/1 that say something of the connection, as a table over `Field`: "An endpoint MUST NOT generate an HTTP/2 message
 * containing connection-specific header fields" (RFC 9113 section 8.2.2). TE is one, but for `trailers`, which the caller
 * judges; Host is `:authority` here.
 */
export const isConnectionSpecific = new Uint8Array(32);
for (const field of [
  Field.connection,
  Field.keepAlive,
  Field.proxyConnection,
  Field.transferEncoding,
  Field.upgrade,
  Field.host,
]) {
  isConnectionSpecific[field] = 1;
}

const COLON = ":";
const CRLF = "\r\n";

/** Of a request that becomes an extended CONNECT: a tunnel has no length, and what Upgrade needs a key for needs none (RFC 8441 section 5). */
const isOfUpgrade = isConnectionSpecific.slice();
isOfUpgrade[Field.contentLength] = 1;
const webSocketKey = "sec-websocket-key";

/**
 * The header block of a request without `:scheme`. Its head is `text`, in the form of HTTP/1.1 (origin-form, one Host) and whole. `connects`: of the
 * extended CONNECT that asks for a WebSocket as `text` does by Upgrade (RFC 8441 section 5).
 */
export function encodeRequest(text: string, connects = false): string {
  const dropped = connects ? isOfUpgrade : isConnectionSpecific;
  const methodEnd = text.indexOf(" ");
  const pathEnd = text.indexOf(" ", methodEnd + 1);
  let host = "";
  let block = "";
  let at = text.indexOf(CRLF, pathEnd) + 2;
  const end = text.length - 2;
  while (at < end) {
    const lineEnd = text.indexOf(CRLF, at);
    const nameEnd = text.indexOf(COLON, at);
    const valueStart = valueAt(text, nameEnd + 1);
    const field = fieldAt(text, at, nameEnd);
    if (field === Field.host) host = text.slice(valueStart, valueEndAt(text, valueStart, lineEnd));
    else if (dropped[field] === 0 && !(connects && isWebSocketKey(text, at, nameEnd)))
      block += encodeLine(text, at, nameEnd, valueStart, valueEndAt(text, valueStart, lineEnd));
    at = lineEnd + 2;
  }
  const path = text.slice(methodEnd + 1, pathEnd);
  if (connects) return encodeRequestStart("CONNECT", host, path) + webSocketProtocol + block;
  return encodeRequestStart(text.slice(0, methodEnd), host, path) + block;
}

const webSocketProtocol = encodeField(":protocol", "websocket");

function isWebSocketKey(text: string, start: number, end: number): boolean {
  return end - start === webSocketKey.length && equalsLower(text, start, webSocketKey);
}

/** Line `i` of a head as a field. */
export function encodeLineOf(head: Head, i: number): string {
  const decoded = head.isDecoded ? head.decoded[i] : undefined;
  if (decoded !== undefined) return encodeDecoded(decoded);
  return encodeLine(head.text, head.nameStart(i), head.nameEnd(i), head.valueStart(i), head.valueEnd(i));
}

/** The fields of `lines`, each `name: value\r\n`: a trailer section, or what a filter adds. */
export function encodeLines(lines: string): string {
  let block = "";
  for (let at = 0; at < lines.length;) {
    const lineEnd = lines.indexOf(CRLF, at);
    const nameEnd = lines.indexOf(COLON, at);
    const valueStart = valueAt(lines, nameEnd + 1);
    if (isConnectionSpecific[fieldAt(lines, at, nameEnd)] === 0)
      block += encodeLine(lines, at, nameEnd, valueStart, valueEndAt(lines, valueStart, lineEnd));
    at = lineEnd + 2;
  }
  return block;
}

/** "A field value MUST NOT start or end with an ASCII whitespace character" (RFC 9113 section 8.2.1). */
function valueAt(text: string, start: number): number {
  let at = start;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

function valueEndAt(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isBlank(text.charCodeAt(at - 1))) at--;
  return at;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
