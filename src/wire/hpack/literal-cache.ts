import type { HpackName } from "./field.ts";

/** Octets of a literal as it is sent. Longer ones are decoded each time. */
const maxOctets = 64;

/**
 * What literals were decoded to, found by their octets as they were sent: most peers send the same few again and
 * again without indexing them. Connections share one, so nothing secret may be put in. Each literal has one slot
 * that it can be in: memory is bounded, and the worst that a hostile peer can do is to make others decode again.
 */
export class LiteralCache<Value extends object> {
  private readonly mask: number;
  private readonly octets: Uint8Array;
  /** Length and coding of the literal in each slot. */
  private readonly forms: Uint8Array;
  private readonly names: (HpackName | undefined)[];
  private readonly values: (Value | undefined)[];
  /** The last literal that asked for each slot: one that never comes twice drives none out that does. */
  private readonly asked: Int32Array;

  /** `slots` is a power of two. */
  constructor(slots: number) {
    this.mask = slots - 1;
    this.octets = new Uint8Array(slots * maxOctets);
    this.forms = new Uint8Array(slots);
    this.names = Array.from<undefined>({ length: slots }).fill(undefined);
    this.values = Array.from<undefined>({ length: slots }).fill(undefined);
    this.asked = new Int32Array(slots);
  }

  /**
   * What the literal at `block[start..end)` was decoded to when it was last `put` with this `coding`
   * (0 plain, 1 Huffman) and `name` (of the field whose value it is; undefined for names).
   */
  get(
    name: HpackName | undefined,
    block: Uint8Array,
    start: number,
    end: number,
    coding: number,
  ): Value | undefined {
    const length = end - start;
    if (length > maxOctets || length === 0) return undefined;
    const slot = hashOf(name, block, start, end) & this.mask;
    if (this.names[slot] !== name || this.forms[slot] !== ((length << 1) | coding)) return undefined;
    const octets = this.octets;
    const base = slot * maxOctets - start;
    for (let at = start; at < end; at++) if (octets[base + at] !== block[at]) return undefined;
    return this.values[slot];
  }

  /** Keeps what `get` did not find, when it was not found twice in a row. */
  put(
    name: HpackName | undefined,
    block: Uint8Array,
    start: number,
    end: number,
    coding: number,
    value: Value,
  ): void {
    const length = end - start;
    if (length > maxOctets || length === 0) return;
    const hash = hashOf(name, block, start, end);
    const slot = hash & this.mask;
    if (this.asked[slot] !== hash) {
      this.asked[slot] = hash;
      return;
    }
    const octets = this.octets;
    const base = slot * maxOctets - start;
    for (let at = start; at < end; at++) octets[base + at] = block[at]!;
    this.forms[slot] = (length << 1) | coding;
    this.names[slot] = name;
    this.values[slot] = value;
  }
}

/** Of some octets only: a collision costs no more than a second decoding. */
function hashOf(name: HpackName | undefined, block: Uint8Array, start: number, end: number): number {
  const middle = (start + end) >> 1;
  let hash = name === undefined ? 0 : (name.text.length << 8) | name.text.charCodeAt(0);
  hash = Math.imul(hash ^ (end - start), 0x9e3779b1);
  hash = Math.imul(hash ^ ((block[start]! << 16) | (block[middle]! << 8) | block[end - 1]!), 0x85ebca6b);
  // `end - start` may be 1: the octet before the literal is its length then, and the same each time.
  hash = Math.imul(hash ^ ((block[middle - 1]! << 8) | block[end - 2]!), 0xc2b2ae35);
  return hash ^ (hash >>> 15);
}
