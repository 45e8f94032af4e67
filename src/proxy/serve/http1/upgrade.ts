import { Field } from "../../../wire/http1/field.ts";
import { Body, hasToken } from "../../../wire/http1/framing.ts";
import type { Head } from "../../../wire/http1/head.ts";

/**
 * The protocols that a request offers to go on with (RFC 9110 section 7.8), or undefined. Without the option in Connection
 * the field was not meant for us, HTTP/1.0 does not have it, and with a body it is legal but not worth its doubts. HTTP/2 is
 * offered by prior knowledge and by TLS only. `body` is `Framing.body`.
 */
export function offeredProtocols(head: Head, body: number): string | undefined {
  if (head.seen[Field.upgrade] === 0 || head.minor === 0 || (body !== Body.none && body !== 0))
    return undefined;
  if (!hasToken(head.joined(Field.connection) ?? "", "upgrade")) return undefined;
  const offered = listed(head).filter((protocol) => !/^(h2c|http\/|tls\/)/i.test(protocol));
  return offered.length === 0 ? undefined : offered.join(", ");
}

/**
 * What of an offer is for a backend that takes bodies so. HTTP/2 has no Upgrade (RFC 9113 section 8.6), and extended CONNECT in its place for WebSockets
 * alone; of other protocols "a server MAY ignore a received Upgrade header field" (RFC 9110 section 7.8), and the request goes on as what it is without.
 */
export function upgradeTowards(
  takes: "framed" | "plain",
  offered: string | undefined,
  method: string,
): string | undefined {
  if (takes === "framed" || offered === undefined) return offered;
  return method === "GET" && hasToken(offered, "websocket") ? "websocket" : undefined;
}

/** "A server MUST NOT switch to a protocol that was not indicated by the client": whether a 101 names only what was offered. */
export function isOffered(answer: Head, offered: string | undefined): boolean {
  const chosen = listed(answer);
  return (
    offered !== undefined &&
    chosen.length > 0 &&
    chosen.every((protocol) => hasToken(offered, protocol.toLowerCase()))
  );
}

function listed(head: Head): readonly string[] {
  const protocols = head.joined(Field.upgrade) ?? "";
  return protocols
    .split(",")
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== "");
}
