import { encodeStatus } from "../../../wire/hpack/encoder.ts";
import { Field } from "../../../wire/http1/field.ts";
import type { Head } from "../../../wire/http1/head.ts";
import { encodeLineOf, encodeLines, isConnectionSpecific } from "../../../wire/http2/encode.ts";
import { type HeaderEdits, NO_EDITS } from "../../filter/filter.ts";
import { isHopByHop, nominatedFields } from "../head/hop.ts";

const dropped = isHopByHop.map((hop, field) => hop | isConnectionSpecific[field]!);

/** "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx or 204" (RFC 9110 section 8.6). */
const droppedWithLength = dropped.slice();
droppedWithLength[Field.contentLength] = 1;

/** The header block of a backend's answer as it goes to an HTTP/2 client. `status` may differ from the head's: see RFC 8441. */
export function responseBlock(head: Head, status: number, edits: HeaderEdits): string {
  const drop = status < 200 || status === 204 ? droppedWithLength : dropped;
  const { known, fieldCount } = head;
  const nominated = nominatedFields(head);
  const plain = nominated === undefined && edits === NO_EDITS;
  let block = encodeStatus(status);
  for (let i = 0; i < fieldCount; i++) {
    if (drop[known[i]!] === 1) continue;
    if (!plain) {
      const name = head.name(i).toLowerCase();
      if (edits.drops(name) || (nominated !== undefined && nominated.has(name))) continue;
    }
    block += encodeLineOf(head, i);
  }
  return edits === NO_EDITS ? block : block + encodeLines(edits.lines(head));
}
