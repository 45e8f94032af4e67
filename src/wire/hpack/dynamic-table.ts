import { entryOverhead, type HpackField } from "./field.ts";

/** The dynamic table of one direction of a connection: a ring, newest entry first (RFC 7541 section 2.3.2). */
export class DynamicTable {
  /** Octets of all entries, by their `size`. */
  size = 0;
  /** Octets that the entries may have: what the peer's encoder chose. */
  limit: number;
  length = 0;
  /** As many slots as the smallest entries need, a power of two. */
  private readonly slots: (HpackField | undefined)[];
  /** Slot of the newest entry. */
  private newest = 0;

  /** `limit` is what the table has at first, `maxLimit` what `resize` may ever set. */
  constructor(limit: number, maxLimit: number) {
    this.limit = limit;
    let count = 1;
    while (count * entryOverhead < maxLimit) count *= 2;
    this.slots = Array.from<undefined>({ length: count }).fill(undefined);
  }

  /** The entry at `i`, 0 being the newest; undefined beyond the oldest. */
  at(i: number): HpackField | undefined {
    if (i >= this.length) return undefined;
    return this.slots[(this.newest - i) & (this.slots.length - 1)];
  }

  /** Adds an entry and evicts the oldest until it fits. One that is larger than the table empties it (section 4.4). */
  insert(field: HpackField): void {
    this.evictTo(this.limit - field.size);
    if (field.size > this.limit) return;
    this.newest = (this.newest + 1) & (this.slots.length - 1);
    this.slots[this.newest] = field;
    this.length++;
    this.size += field.size;
  }

  /** Sets the limit, no larger than the `maxLimit` of the constructor. */
  resize(limit: number): void {
    this.limit = limit;
    this.evictTo(limit);
  }

  private evictTo(size: number): void {
    while (this.length > 0 && this.size > size) {
      const slot = (this.newest - this.length + 1) & (this.slots.length - 1);
      this.size -= this.slots[slot]!.size;
      this.slots[slot] = undefined;
      this.length--;
    }
  }
}
