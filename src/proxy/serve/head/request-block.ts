import { encodeField, encodeRequestStart, encodeString, literalStart } from "../../../wire/hpack/encoder.ts";
import type { Head } from "../../../wire/http1/head.ts";
import { encodeLineOf, encodeLines, isConnectionSpecific } from "../../../wire/http2/encode.ts";
import { type HeaderEdits, NO_EDITS } from "../../filter/filter.ts";
import { isDropped } from "./copy-fields.ts";
import { nominatedFields } from "./hop.ts";
import {
  addedLines,
  claimedFor,
  dropped,
  droppedWithClaims,
  type Forwarding,
  requestId,
} from "./request-head.ts";

/** `:authority` takes the place of Host. */
const left = dropped.map((drop, field) => drop | isConnectionSpecific[field]!);
const leftWithClaims = droppedWithClaims.map((drop, field) => drop | isConnectionSpecific[field]!);

const te = encodeField("te", "trailers");
const forwardedHost = literalStart("x-forwarded-host");
const ownId = literalStart("x-request-id");

/**
 * What `requestHead` gives, for a backend on HTTP/2: the header block without `:scheme`. To write the head down as text and to read
 * that again would take a tenth of the CPU of a gRPC call. Not for what goes on by Upgrade.
 */
export function requestBlock(head: Head, to: Forwarding, edits: HeaderEdits): string {
  const { known, fieldCount } = head;
  const drop = to.claims === "dropped" ? leftWithClaims : left;
  const nominated = nominatedFields(head);
  const plain = nominated === undefined && edits === NO_EDITS;
  const path = to.path ?? head.text.slice(head.targetStart, head.targetEnd);
  let block = encodeRequestStart(head.method, to.host ?? to.authority, path);
  for (let i = 0; i < fieldCount; i++) {
    if (drop[known[i]!] === 0 && (plain || !isDropped(head, i, nominated, edits)))
      block += encodeLineOf(head, i);
  }
  if (to.trailers) block += te;
  return block + addedFields(head, to, edits);
}

function addedFields(head: Head, to: Forwarding, edits: HeaderEdits): string {
  if (edits !== NO_EDITS || to.claims === "believed") return encodeLines(addedLines(head, to, edits));
  const before = claimedFor(head, to);
  const { client } = to;
  const forwarded =
    before === undefined ? client.forwardedFields : client.encode(`${before}, ${client.address}`);
  return forwarded + forwardedHost + encodeString(to.authority) + ownId + encodeString(requestId(head));
}
