import { BlockList, isIPv6 } from "node:net";

/** Ranges of addresses of the proxies in front. */
export class Trust {
  private readonly ranges = new BlockList();

  /** @param ranges `address/length`; what is none is passed over, and trusts nobody. */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [address = "", length = ""] = range.split("/");
      try {
        this.ranges.addSubnet(address, Number(length), familyOf(address));
      } catch {
        // Whoever writes programs has looked at it.
      }
    }
  }

  includes(address: string): boolean {
    return this.ranges.check(address, familyOf(address));
  }
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}
