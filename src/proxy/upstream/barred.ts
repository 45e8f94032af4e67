import { BlockList, isIP } from "node:net";
import type { Endpoint } from "../../program/program.ts";

/** Networks of IPv4, each with its length. */
type Networks = readonly (readonly [network: string, length: number])[];

/** No other machine's, or nobody's but the gateway's own: links, groups, and where clouds hand out credentials. */
const specialV4: Networks = [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
];
const specialV6: Networks = [
  ["::", 128],
  ["fe80::", 10],
  ["ff00::", 8],
  ["fd00:ec2::254", 128],
  ["fd20:ce::254", 128],
];

/** Prefixes of IPv6 behind which an address of IPv4 stands: mapped, compatible, NAT64 (RFC 6052), 6to4 (RFC 3056). */
const embeddings = [
  { prefix: "::ffff:", length: 96, suffix: "" },
  { prefix: "::", length: 96, suffix: "" },
  { prefix: "64:ff9b::", length: 96, suffix: "" },
  { prefix: "2002:", length: 16, suffix: "::" },
];

const special = blockList(specialV4, specialV6);
const loopback = blockList([["127.0.0.0", 8]], [["::1", 128]]);

/**
 * What `address` is that a connection must not go to, for people; undefined when it may. Addresses of IPv4 inside IPv6 (mapped, compatible,
 * NAT64, 6to4) are judged by what is inside.
 * @param address As a resolver gives it; what is no address is barred.
 */
export function barredAs(address: string, barred: NonNullable<Endpoint["barred"]>): string | undefined {
  const [bare = ""] = address.split("%", 1);
  const version = isIP(bare);
  if (version === 0) return "no address";
  const family = version === 4 ? "ipv4" : "ipv6";
  if (loopback.check(bare, family)) {
    return barred === "special and loopback" ? "a loopback address" : undefined;
  }
  return special.check(bare, family) ? "no address of another machine" : undefined;
}

function blockList(v4: Networks, v6: Networks): BlockList {
  const list = new BlockList();
  for (const [network, length] of v6) list.addSubnet(network, length, "ipv6");
  for (const [network, length] of v4) {
    list.addSubnet(network, length, "ipv4");
    const [a = 0, b = 0, c = 0, d = 0] = network.split(".").map(Number);
    const groups = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
    for (const { prefix, length: before, suffix } of embeddings) {
      // `::` and `::1` are no addresses of IPv4.
      if (prefix === "::" && a === 0) continue;
      list.addSubnet(`${prefix}${groups}${suffix}`, before + length, "ipv6");
    }
  }
  return list;
}
