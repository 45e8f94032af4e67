import type { HpackField } from "./field.ts";

/** A power of two. */
const firstSlots = 8;

/** The dynamic table of one direction of a connection: a ring, newest entry first (RFC 7541 section 2.3.2). */
export class DynamicTable {
  /** Octets of all entries, by their `size`. */
  size = 0;
  /** Octets that the entries may have: what the peer's encoder chose. */
  limit: number;
  length = 0;
  /** None at first, then a power of two: most connections index a few fields, and many none. */
  private slots: (HpackField | undefined)[] = [];
  /** Slot of the newest entry. */
  private newest = -1;

  constructor(limit: number) {
    this.limit = limit;
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
    if (this.length === this.slots.length) this.grow();
    this.newest = (this.newest + 1) & (this.slots.length - 1);
    this.slots[this.newest] = field;
    this.length++;
    this.size += field.size;
  }

  resize(limit: number): void {
    this.limit = limit;
    this.evictTo(limit);
  }

  /** The limit bounds the slots too, since an entry counts for its overhead at the least. */
  private grow(): void {
    const { length } = this;
    const slots = Array.from<HpackField | undefined>({ length: Math.max(firstSlots, 2 * length) }).fill(
      undefined,
    );
    for (let i = 0; i < length; i++) slots[length - 1 - i] = this.at(i);
    this.slots = slots;
    this.newest = length - 1;
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
