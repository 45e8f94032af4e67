import { Field } from "../../../wire/http1/field.ts";
import type { Head } from "../../../wire/http1/head.ts";
import { type HeaderEdits, NO_EDITS } from "../../filter/filter.ts";
import { copyFields } from "./copy-fields.ts";
import { isHopByHop } from "./hop.ts";

const droppedWithEncoding = isHopByHop.slice();
droppedWithEncoding[Field.transferEncoding] = 1;

/** "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx or 204" (RFC 9110 section 8.6). */
const droppedWithFraming = droppedWithEncoding.slice();
droppedWithFraming[Field.contentLength] = 1;

/**
 * The head of a backend's answer as it goes to the client.
 * `connection` is a ready line or empty; `minor` is the client's minor version: HTTP/1.0 has no Transfer-Encoding.
 */
export function responseHead(head: Head, connection: string, minor: number, edits: HeaderEdits): string {
  const { status } = head;
  const dropped =
    status < 200 || status === 204 ? droppedWithFraming : minor === 0 ? droppedWithEncoding : isHopByHop;
  let out = copyHead(head, dropped, edits) + connection;
  // The two answers that have something to say of a change of protocol: that it happens, and that it has to.
  if (head.seen[Field.upgrade]! > 0 && (status === 101 || status === 426))
    out += `Connection: Upgrade\r\nUpgrade: ${head.joined(Field.upgrade)!}\r\n`;
  if (edits !== NO_EDITS) out += edits.lines(head);
  return out + "\r\n";
}

/** The answer that has opened a tunnel over HTTP/2, as an answer to Upgrade (RFC 8441 section 5). `accept` is for the client's key. */
export function switchingHead(head: Head, accept: string, edits: HeaderEdits): string {
  // The backend has seen no key: what it says of one is of no use.
  const own = edits.with(`Sec-WebSocket-Accept: ${accept}\r\n`, "sec-websocket-accept");
  const fields = copyFields(head, droppedWithFraming, own);
  return `HTTP/1.1 101 Switching Protocols\r\n${fields}Connection: Upgrade\r\nUpgrade: websocket\r\n${own.lines(head)}\r\n`;
}

/** A 1xx head on its way to the client; filters are for the answer itself. */
export function informationalHead(head: Head): string {
  return copyHead(head, droppedWithFraming, NO_EDITS) + "\r\n";
}

/** The status line, in HTTP/1.1, and the fields. */
function copyHead(head: Head, dropped: Uint8Array, edits: HeaderEdits): string {
  if (head.minor === 1) return copyFields(head, dropped, edits, head.lineStart);
  return `HTTP/1.1${copyFields(head, dropped, edits, head.lineStart + "HTTP/1.x".length)}`;
}

/** Whether the connection goes on, as a line; empty where that goes without saying. `minor` as for `responseHead`. */
export function connectionLine(keep: boolean, minor: number): string {
  if (!keep) return "Connection: close\r\n";
  return minor === 0 ? "Connection: keep-alive\r\n" : "";
}
