import { isIPv4 } from "node:net";

/** IPv4 addresses of a CIDR that are handed out one by one; the first and the last are never. */
export class AddressRange {
  readonly cidr: string;
  private readonly first: number;
  private readonly size: number;
  private readonly used = new Set<number>();
  private next = 1;

  /** Throws a RangeError for anything but an IPv4 CIDR from /8 to /30. */
  constructor(cidr: string) {
    const [base = "", bits = ""] = cidr.split("/");
    const length = Number(bits);
    if (!isIPv4(base) || !/^\d+$/.test(bits) || length < 8 || length > 30) {
      throw new RangeError(`${cidr} is not an IPv4 range such as 127.10.0.0/16, from /8 to /30`);
    }
    this.cidr = cidr;
    this.size = 2 ** (32 - length);
    this.first = Math.floor(toNumber(base) / this.size) * this.size;
  }

  /** The next free address; undefined when all are taken. */
  allocate(): string | undefined {
    const usable = this.size - 2;
    for (let tries = 0; tries < usable; tries++) {
      const offset = 1 + ((this.next - 1 + tries) % usable);
      if (this.used.has(offset)) continue;
      this.used.add(offset);
      this.next = offset + 1;
      return toText(this.first + offset);
    }
    return undefined;
  }

  includes(address: string): boolean {
    if (!isIPv4(address)) return false;
    const offset = toNumber(address) - this.first;
    return offset > 0 && offset < this.size - 1;
  }

  /** False when it is taken already, or not of this range. */
  take(address: string): boolean {
    if (!this.includes(address)) return false;
    const offset = toNumber(address) - this.first;
    if (this.used.has(offset)) return false;
    this.used.add(offset);
    return true;
  }

  release(address: string): void {
    if (this.includes(address)) this.used.delete(toNumber(address) - this.first);
  }
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
