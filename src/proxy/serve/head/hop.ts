import { Field } from "../../../wire/http1/field.ts";
import { isKeepAlive } from "../../../wire/http1/framing.ts";
import type { Head } from "../../../wire/http1/head.ts";

/**
 * Fields that are meant for this hop and not for the next (RFC 9110 section 7.6.1), as a table over `Field`. `Upgrade` is
 * added again where a protocol change is on its way. The `Proxy-` fields speak to a proxy that the client chose; this is none.
 */
export const isHopByHop = new Uint8Array(32);
for (const field of [
  Field.connection,
  Field.keepAlive,
  Field.proxyConnection,
  Field.te,
  Field.upgrade,
  Field.proxyAuthenticate,
  Field.proxyAuthorization,
]) {
  isHopByHop[field] = 1;
}

/** Options of Connection that are not names of fields, or whose fields are handled by `isHopByHop`. */
const plainOptions: ReadonlySet<string> = new Set(["close", "keep-alive", "upgrade", "te", ""]);

/** Fields that a sender cannot take away by naming them in Connection: they frame or route the message. */
const endToEnd: ReadonlySet<string> = new Set(["host", "content-length", "transfer-encoding", "expect"]);

/** Lower-case names of the fields that Connection makes hop-by-hop, or undefined when it names none. */
export function nominatedFields(head: Head): ReadonlySet<string> | undefined {
  if (head.seen[Field.connection] === 0) return undefined;
  const given = head.joined(Field.connection)!;
  if (isKeepAlive(given)) return undefined;
  const options = given.toLowerCase();
  if (plainOptions.has(options)) return undefined;
  const names = options
    .split(",")
    .map((option) => option.trim())
    .filter((option) => !plainOptions.has(option) && !endToEnd.has(option));
  return names.length === 0 ? undefined : new Set(names);
}
