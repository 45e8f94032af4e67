import type { ResourceKey } from "../resources/resource.ts";

/**
 * 127.9.0.1 to 127.9.255.254. All of 127/8 is this machine's loopback (RFC 1122 §3.2.1.3); this corner of it
 * is away from 127.0.0.1, where a developer's own services listen, from 127.0.0.53 and .54 (systemd-resolved)
 * and from 127.0.1.1 (the host's own name on Debian).
 */
const prefix = "127.9";
const perBlock = 254;
const poolSize = 256 * perBlock;

/**
 * Numbers Gateways in the order in which they come. An address belongs to a name, even after the Gateway is
 * gone: one that comes back (moved to another file, deleted and applied again) has its old address, and
 * nobody finds a stranger at an address that was bookmarked. Only a full pool takes from the dead, the
 * longest known first.
 */
export class AddressPool {
  /** By Gateway and ordinal. */
  private readonly numbers = new Map<string, number>();
  private readonly size: number;
  /** The first number that nobody has had. */
  private next = 0;

  constructor(size: number = poolSize) {
    this.size = size;
  }

  /**
   * @param ordinal 0 for the first address of the Gateway; each has its own.
   * @param live The Gateways whose addresses must not be given away.
   * @param isNamed Whether another Gateway has this address by its name.
   */
  take(
    gateway: ResourceKey,
    ordinal: number,
    live: ReadonlySet<ResourceKey>,
    isNamed: (address: string) => boolean,
  ): string {
    const holder = `${gateway}#${ordinal}`;
    let number = this.numbers.get(holder);
    while (this.next < this.size && (number === undefined || isNamed(addressOf(number))))
      number = this.next++;
    number ??= this.evict(live);
    this.numbers.set(holder, number);
    return addressOf(number);
  }

  private evict(live: ReadonlySet<ResourceKey>): number {
    for (const [holder, number] of this.numbers) {
      if (live.has(holder.slice(0, holder.indexOf("#")))) continue;
      this.numbers.delete(holder);
      return number;
    }
    // More living Gateways than addresses: the last one is shared, and port conflicts are settled by age.
    return this.size - 1;
  }
}

function addressOf(number: number): string {
  return `${prefix}.${Math.floor(number / perBlock)}.${(number % perBlock) + 1}`;
}
