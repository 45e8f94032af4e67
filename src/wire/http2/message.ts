import { randomBytes } from "node:crypto";
import { type HpackField, Pseudo } from "../hpack/field.ts";
import { isTargetChar, isTokenChar } from "../http1/chars.ts";
import { Field } from "../http1/field.ts";
import { parseLength } from "../http1/framing.ts";
import type { Head } from "../http1/head.ts";
import { maxLineBytes } from "../http1/limits.ts";

/** What becomes of a header block. */
export const Verdict = {
  good: 0,
  /** "A request or response that is malformed MUST be treated as a stream error of type PROTOCOL_ERROR" (RFC 9113 section 8.1.1). */
  malformed: 1,
  /** More fields or bytes than a head may have: a request is answered with 431. */
  tooLarge: 2,
} as const;

const CRLF = "\r\n";

/**
 * Turns the fields of a header block into a head in the form of HTTP/1.1 (RFC 9113 section 8.3), which is what routes, filters and
 * the other codec read. One per worker: a block is decoded, acted upon and forgotten in one turn.
 *
 * What HTTP/1 needs and HTTP/2 has in other places is written as fields: Host for `:authority`, `Transfer-Encoding: chunked`
 * for a body of unknown length, one Cookie line for the crumbs of section 8.2.3.
 */
export class MessageReader {
  verdict: number = Verdict.good;
  /** Of the message; -1 when it does not say. */
  contentLength = -1;
  /** `:protocol` of an extended CONNECT (RFC 8441), or "". */
  protocol = "";
  /** `:scheme`; "" in a response. */
  scheme = "";
  /** Lines of a trailer section. */
  trailers = "";
  /** "" as long as it has not come. */
  method = "";

  private head: Head | undefined;
  private sort: "request" | "response" | "trailers" = "request";
  /** Pseudo-fields are over. */
  private begun = false;
  private path = "";
  private authority: string | undefined;
  private status = "";
  private cookies = "";

  start(sort: "request" | "response" | "trailers", head: Head): void {
    this.head = head;
    this.sort = sort;
    this.verdict = Verdict.good;
    this.begun = sort === "trailers";
    this.contentLength = -1;
    this.method = "";
    this.path = "";
    this.authority = undefined;
    this.scheme = "";
    this.protocol = "";
    this.status = "";
    this.cookies = "";
    this.trailers = "";
  }

  onField(field: HpackField): void {
    if (this.verdict !== Verdict.good) return;
    if (field.kind === 0) {
      if (!this.begun) this.begin();
      if (this.verdict === Verdict.good) this.regular(field);
    } else if (this.begun || field.kind < 0 || !this.pseudo(field)) this.verdict = Verdict.malformed;
  }

  /**
   * After the last field. `hasBody`: the block does not end the stream; `bodyAllowed`: false for the answer to HEAD, whose
   * fields speak of a body that does not come.
   */
  finish(hasBody: boolean, bodyAllowed: boolean): void {
    if (!this.begun && this.verdict === Verdict.good) this.begin();
    if (this.sort === "trailers" || this.verdict !== Verdict.good) return;
    const head = this.head!;
    if (this.protocol !== "" && !this.beginTunnel()) return;
    if (this.cookies !== "") this.appendCookies();
    if (this.contentLength < 0 && bodyAllowed && this.protocol === "" && !this.isBodiless()) {
      if (hasBody) this.append(`transfer-encoding: chunked${CRLF}`, 17, Field.transferEncoding);
      else if (this.mayHaveBody()) this.append(`content-length: 0${CRLF}`, 14, Field.contentLength);
    }
    head.finish();
  }

  /** One line. Where the last crumb was empty, the space before it would end the value, which it must not. */
  private appendCookies(): void {
    const { cookies } = this;
    const value = cookies.endsWith(" ") ? cookies.slice(0, -1) : cookies;
    this.append(`cookie: ${value}${CRLF}`, 6, Field.other);
  }

  /** "any response with a 1xx, 204, or 304 status code" (RFC 9112 section 6.3): an empty DATA frame may still end its stream. */
  private isBodiless(): boolean {
    const { status } = this.head!;
    return this.sort === "response" && (status < 200 || status === 204 || status === 304);
  }

  /**
   * "Sec-WebSocket-Key ... is not used" in HTTP/2 (RFC 8441 section 5); a server of HTTP/1.1 refuses a handshake without it.
   * Returns false for a length, which a tunnel does not have.
   */
  private beginTunnel(): boolean {
    const head = this.head!;
    if (this.contentLength >= 0) this.verdict = Verdict.malformed;
    else if (this.protocol === "websocket" && head.get("sec-websocket-key") === undefined) {
      const line = `sec-websocket-key: ${randomBytes(16).toString("base64")}${CRLF}`;
      this.append(line, "sec-websocket-key".length, Field.other);
    }
    return this.verdict === Verdict.good;
  }

  /** Whether HTTP/1 needs to be told that there is no body. */
  private mayHaveBody(): boolean {
    if (this.sort === "response") return true;
    return this.method === "POST" || this.method === "PUT" || this.method === "PATCH";
  }

  /** Returns false for what is no pseudo-field of such a message, or comes twice. */
  private pseudo({ kind, value }: HpackField): boolean {
    if (this.sort === "response") {
      if (kind !== Pseudo.status || this.status !== "") return false;
      this.status = value;
      return true;
    }
    switch (kind) {
      case Pseudo.method:
        if (this.method !== "" || !isToken(value)) return false;
        this.method = value;
        return true;
      case Pseudo.path:
        if (this.path !== "" || !isPath(value)) return false;
        if (value.length > maxLineBytes) this.verdict = Verdict.tooLarge;
        this.path = value;
        return true;
      case Pseudo.scheme:
        if (this.scheme !== "" || value === "") return false;
        this.scheme = value;
        return true;
      case Pseudo.authority:
        if (this.authority !== undefined) return false;
        this.authority = value;
        return true;
      case Pseudo.protocol:
        if (this.protocol !== "" || !isToken(value)) return false;
        this.protocol = value;
        return true;
      default:
        return false;
    }
  }

  /** The start line, once the pseudo-fields are there. */
  private begin(): void {
    this.begun = true;
    const head = this.head!;
    if (this.sort === "response") {
      const status = parseLength(this.status);
      if (this.status.length !== 3 || status < 100) this.verdict = Verdict.malformed;
      else head.beginResponse(status);
      return;
    }
    const { method, path, scheme, authority, protocol } = this;
    if (method === "CONNECT" && protocol === "") {
      // "The ":scheme" and ":path" pseudo-header fields MUST be omitted" (section 8.5).
      if (path !== "" || scheme !== "" || authority === undefined) this.verdict = Verdict.malformed;
      else head.beginRequest(method, authority);
      return;
    }
    if (method === "" || path === "" || scheme === "" || (protocol !== "" && method !== "CONNECT")) {
      this.verdict = Verdict.malformed;
      return;
    }
    if (path === "*" && method !== "OPTIONS") {
      this.verdict = Verdict.malformed;
      return;
    }
    // An extended CONNECT asks for what Upgrade asks for in HTTP/1 (RFC 8441 section 5).
    head.beginRequest(protocol === "" ? method : "GET", path);
    if (authority !== undefined) this.append(`host: ${authority}${CRLF}`, 4, Field.host);
  }

  private regular(field: HpackField): void {
    const { line, name, known } = field;
    if (this.sort === "trailers") {
      // Fields that frame or route a message have no place behind it (RFC 9110 section 6.5.1). Those that could be taken for
      // another length or another host are an attack; the others are dropped.
      if (known === Field.other || known === Field.requestId) this.trailers += line;
      else if (known === Field.contentLength || known === Field.host) this.verdict = Verdict.malformed;
      return;
    }
    if (known === Field.other) {
      if (name === "cookie" && this.sort === "request") {
        this.cookies = this.cookies === "" ? field.value : `${this.cookies}; ${field.value}`;
        return;
      }
    } else if (known === Field.contentLength) {
      const length = parseLength(field.value);
      if (length < 0 || this.contentLength >= 0) {
        this.verdict = Verdict.malformed;
        return;
      }
      this.contentLength = length;
    } else if (known === Field.host && this.authority !== undefined) {
      // "A server SHOULD treat a request as malformed if it contains a Host header field that identifies an entity
      // that differs from the entity in the ":authority" pseudo-header field" (section 8.3.1).
      if (field.value.toLowerCase() !== this.authority.toLowerCase()) this.verdict = Verdict.malformed;
      return;
    }
    this.append(line, name.length, known, field);
  }

  private append(line: string, nameLength: number, known: number, decoded?: HpackField): void {
    if (!this.head!.append(line, nameLength, known, decoded)) this.verdict = Verdict.tooLarge;
  }
}

function isToken(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (isTokenChar[value.charCodeAt(i)] !== 1) return false;
  return value !== "";
}

/** "The `:path` pseudo-header field MUST NOT be empty", begins with a slash, or is the asterisk of OPTIONS (section 8.3.1). */
function isPath(value: string): boolean {
  if (value.charCodeAt(0) !== 0x2f) return value === "*";
  for (let i = 1; i < value.length; i++) if (isTargetChar[value.charCodeAt(i)] !== 1) return false;
  return true;
}
