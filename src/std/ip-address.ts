import { isIPv6, SocketAddress } from "node:net";

/** RFC 4291 §2.5.5.2: an IPv4 address in the clothes of IPv6. A socket that is bound to it gets what is sent to the former. */
const mapped = /^::ffff:(\d+[.]\d+[.]\d+[.]\d+)$/;

/** The one form of an IP address, so that texts can be compared: RFC 5952, and IPv4 where it is that. What is no address stays as it is. */
export function canonicalAddress(text: string): string {
  if (!isIPv6(text)) return text;
  const { address } = new SocketAddress({ address: text, family: "ipv6" });
  const zone = text.includes("%") ? text.slice(text.indexOf("%")) : "";
  return mapped.exec(address)?.[1] ?? address + zone;
}
