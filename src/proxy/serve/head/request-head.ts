import { randomUuid } from "../../../std/uuid.ts";
import { encodeField } from "../../../wire/hpack/encoder.ts";
import { Field, fieldAt } from "../../../wire/http1/field.ts";
import type { Head } from "../../../wire/http1/head.ts";
import { type HeaderEdits, NO_EDITS } from "../../filter/filter.ts";
import { copyFields } from "./copy-fields.ts";
import { isHopByHop } from "./hop.ts";

/** Fields that say whom else a request is for, and are written anew. */
const rewritten: readonly number[] = [Field.forwardedFor, Field.forwardedProto, Field.forwardedHost];
/** The same, and not written: backends take them for a proxy's word wherever they find them. */
const unwritten: readonly number[] = [Field.forwarded, Field.realIp];

/** What is written anew in a forwarded request; Host too where it is not what the client sent. */
export const dropped: Uint8Array = tableOf(isHopByHop, Field.requestId, ...rewritten);
const droppedWithHost = tableOf(dropped, Field.host);
/** The same where nobody's claims pass. */
export const droppedWithClaims: Uint8Array = tableOf(dropped, ...unwritten);
const droppedWithClaimsAndHost = tableOf(droppedWithClaims, Field.host);

function tableOf(base: Uint8Array, ...fields: readonly number[]): Uint8Array {
  const table = base.slice();
  for (const field of fields) table[field] = 1;
  return table;
}

/** The peer of a connection, as backends are told of it. */
export class Client {
  readonly address: string;
  readonly scheme: "http" | "https";
  /** `X-Forwarded-` lines up to the value of `-Host`: the same for nearly all requests of a connection. */
  readonly forwarded: string;
  /** The first two of them as fields of a header block, from when they were first asked for. */
  private fields = "";

  constructor(address: string, scheme: "http" | "https") {
    this.scheme = scheme;
    // An IPv4 peer on an IPv6 socket.
    this.address = address.startsWith("::ffff:") ? address.slice(7) : address;
    this.forwarded = this.lines(this.address);
  }

  get forwardedFields(): string {
    if (this.fields === "") this.fields = this.encode(this.address);
    return this.fields;
  }

  /** The same for a request that says whom else it is for. */
  encode(forwardedFor: string): string {
    return encodeField("x-forwarded-for", forwardedFor) + encodeField("x-forwarded-proto", this.scheme);
  }

  /** The same for a request that says whom else it is for. */
  lines(forwardedFor: string): string {
    return `X-Forwarded-For: ${forwardedFor}\r\nX-Forwarded-Proto: ${this.scheme}\r\nX-Forwarded-Host: `;
  }
}

/** What becomes of what a request says of its client: see `Listener.trustedProxies`. */
export type Claims = "passed on" | "believed" | "dropped";

/** What the forwarded request says that the head does not. */
export interface Forwarding {
  /** In origin-form; undefined leaves the client's request line as it is. */
  readonly path: string | undefined;
  /** Written as Host; undefined leaves the client's line as it is. */
  readonly host: string | undefined;
  /** The authority that the client asked for. */
  readonly authority: string;
  readonly client: Client;
  readonly claims: Claims;
  /** `Upgrade` is passed on. */
  readonly upgrade: string | undefined;
  /** `TE: trailers` is passed on. */
  readonly trailers: boolean;
}

/** The head of a request as it goes to a backend, in HTTP/1.1. */
export function requestHead(head: Head, to: Forwarding, edits: HeaderEdits): string {
  let out = "";
  let start = head.lineStart;
  if (to.path !== undefined || to.host !== undefined || head.minor === 0) {
    out = `${head.method} ${to.path ?? head.text.slice(head.targetStart, head.targetEnd)} HTTP/1.1\r\n`;
    start = head.fieldsStart;
  }
  if (to.host !== undefined) out += `Host: ${to.host}\r\n`;
  const distrusted = to.claims === "dropped";
  const without = distrusted ? droppedWithClaims : dropped;
  const withoutHost = distrusted ? droppedWithClaimsAndHost : droppedWithHost;
  out += copyFields(head, to.host === undefined ? without : withoutHost, edits, start);
  if (to.upgrade !== undefined) out += `Connection: Upgrade\r\nUpgrade: ${to.upgrade}\r\n`;
  if (to.trailers) out += "TE: trailers\r\n";
  return `${out}${addedLines(head, to, edits)}\r\n`;
}

/** What a forwarded request says of its client and of itself, and what filters add to it: lines. */
export function addedLines(head: Head, to: Forwarding, edits: HeaderEdits): string {
  const distrusted = to.claims === "dropped";
  const before = claimedFor(head, to);
  if (edits === NO_EDITS && to.claims !== "believed") {
    const forwarded =
      before === undefined ? to.client.forwarded : to.client.lines(`${before}, ${to.client.address}`);
    return `${forwarded}${to.authority}\r\nX-Request-Id: ${requestId(head)}\r\n`;
  }
  let out = "";
  const forwardedFor = before === undefined ? to.client.address : `${before}, ${to.client.address}`;
  // A filter that speaks of one of these fields has the last word.
  if (!edits.drops("x-forwarded-for")) out += `X-Forwarded-For: ${forwardedFor}\r\n`;
  const believed = to.claims === "believed";
  const scheme = (believed ? claim(head, Field.forwardedProto) : undefined) ?? to.client.scheme;
  if (!edits.drops("x-forwarded-proto")) out += `X-Forwarded-Proto: ${scheme}\r\n`;
  const host = (believed ? claim(head, Field.forwardedHost) : undefined) ?? to.authority;
  if (!edits.drops("x-forwarded-host")) out += `X-Forwarded-Host: ${host}\r\n`;
  if (!edits.drops("x-request-id")) out += `X-Request-Id: ${requestId(head)}\r\n`;
  if (!distrusted) return out + edits.lines(head);
  unclaimed.head = head;
  return out + edits.lines(unclaimed);
}

/** Whom the request says that it is for, before this client; undefined when it does not, or is not asked. */
export function claimedFor(head: Head, { claims }: Forwarding): string | undefined {
  return claims === "dropped" ? undefined : head.joined(Field.forwardedFor);
}

const claimed: ReadonlySet<number> = new Set([...rewritten, ...unwritten]);

/** One per worker: the fields of a head without its claims, which a filter that adds to them must not bring back. */
const unclaimed = {
  head: undefined as Head | undefined,
  get(lowerName: string): string | undefined {
    return claimed.has(fieldAt(lowerName, 0, lowerName.length)) ? undefined : this.head!.get(lowerName);
  },
};

/** What a trusted proxy says; a list is what several before it have said. */
function claim(head: Head, field: number): string | undefined {
  const value = head.joined(field);
  return value === undefined || value === "" ? undefined : value;
}

/** Longest identifier that is taken over from a client: it ends up in every log. */
const maxRequestId = 128;

/** The client's own, so that one identifier follows a request through everything; a new one when there is none. */
export function requestId(head: Head): string {
  if (head.seen[Field.requestId] !== 1) return randomUuid();
  const given = head.value(head.indexOf(Field.requestId));
  return given.length <= maxRequestId && /^[\w.:+/=-]+$/.test(given) ? given : randomUuid();
}
