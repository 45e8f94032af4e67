import { latin1 } from "../latin1.ts";
import { DynamicTable } from "./dynamic-table.ts";
import { HpackField, HpackName } from "./field.ts";
import { huffmanText } from "./huffman.ts";
import { LiteralCache } from "./literal-cache.ts";
import { staticTable } from "./static-table.ts";

/** Takes the fields of a block in their order. */
export interface FieldSink {
  onField(field: HpackField): void;
}

/** What both sides of a connection start with, whatever their settings will say (RFC 9113 section 6.5.2). */
const firstTableLimit = 4096;

/** The largest number that a block may hold. A head is far smaller. */
const maxInteger = 2 ** 28;

/** An integer takes one octet and as many more as `maxInteger` needs: zeros in front of it are refused. */
const maxMoreOctets = 4;

/** Shared by all connections of a worker: some 100 and 200 KiB at the most. */
const nameCache = new LiteralCache<HpackName>(256);
const fieldCache = new LiteralCache<HpackField>(512);

/** What `decode` returns when a block ends too early or is not what RFC 7541 allows. */
const faults = {
  truncated: "the block ends inside a field",
  integer: "an integer is larger than 2^28 or longer than it has to be",
  index: "an index names no entry of the static or dynamic table",
  huffman: "a Huffman-coded string is not one: wrong padding, or the end-of-string code in it",
  sizeUpdate: "a table size update stands after a field",
  sizeTooLarge: "a table size update is larger than SETTINGS_HEADER_TABLE_SIZE",
} as const;

/** Decoder of one direction of a connection (RFC 7541). After a fault the connection must end: its table is not the peer's. */
export class HpackDecoder {
  readonly table: DynamicTable;
  /** Whether the last block's fields were more than its `maxSize`: some were not handed on. */
  tooLarge = false;
  private readonly maxTableSize: number;
  /** Where in the block the decoder is. */
  private at = 0;
  private fault: string | undefined = undefined;

  /**
   * `maxTableSize` is what our SETTINGS_HEADER_TABLE_SIZE says. The table has 4096 octets at first whatever it is:
   * the peer may not have read our settings when it starts.
   */
  constructor(maxTableSize: number) {
    this.maxTableSize = maxTableSize;
    this.table = new DynamicTable(firstTableLimit);
  }

  /**
   * Decodes one whole header block, `block[start..end)` of a Buffer, whose length the caller bounds. Returns undefined, or in a short
   * sentence what makes it a COMPRESSION_ERROR. From the field on that makes the sum of all `size`s larger than
   * `maxSize` nothing is handed to `sink`, but the block is still read, as the table must stay the peer's.
   */
  decode(
    block: Uint8Array,
    start: number,
    end: number,
    sink: FieldSink,
    maxSize: number = Number.MAX_SAFE_INTEGER,
  ): string | undefined {
    this.at = start;
    this.fault = undefined;
    this.tooLarge = false;
    let size = 0;
    while (this.at < end) {
      const first = block[this.at]!;
      let field: HpackField | undefined;
      if (first >= 0x80) field = this.readIndexed(block, end);
      else if (first >= 0x40) field = this.readIndexing(block, end);
      else if (first < 0x20) field = this.readLiteral(block, end, 15, first >= 0x10);
      else if (size > 0) return faults.sizeUpdate;
      else {
        const fault = this.readSizeUpdate(block, end);
        if (fault !== undefined) return fault;
        continue;
      }
      if (field === undefined) return this.fault;
      size += field.size;
      if (size <= maxSize) sink.onField(field);
      else this.tooLarge = true;
    }
    return undefined;
  }

  /** Section 6.1. */
  private readIndexed(block: Uint8Array, end: number): HpackField | undefined {
    const index = this.readInteger(block, end, 0x7f);
    return index < 0 ? undefined : this.entry(index);
  }

  /** Section 6.2.1. */
  private readIndexing(block: Uint8Array, end: number): HpackField | undefined {
    const field = this.readLiteral(block, end, 0x3f, false);
    if (field !== undefined) this.table.insert(field);
    return field;
  }

  /** A literal field whose index has the bits of `mask`. */
  private readLiteral(
    block: Uint8Array,
    end: number,
    mask: number,
    neverIndexed: boolean,
  ): HpackField | undefined {
    const index = this.readInteger(block, end, mask);
    if (index < 0) return undefined;
    const name = index === 0 ? this.readName(block, end) : this.entry(index)?.named;
    return name === undefined ? undefined : this.readValue(block, end, name, neverIndexed);
  }

  private readName(block: Uint8Array, end: number): HpackName | undefined {
    const coding = this.at < end ? block[this.at]! >> 7 : 0;
    const length = this.readLength(block, end);
    if (length < 0) return undefined;
    const from = this.at;
    this.at += length;
    const known = nameCache.get(undefined, block, from, this.at, coding);
    if (known !== undefined) return known;
    const text = this.text(block, from, this.at, coding);
    if (text === undefined) return undefined;
    const name = new HpackName(text);
    nameCache.put(undefined, block, from, this.at, coding, name);
    return name;
  }

  private readValue(
    block: Uint8Array,
    end: number,
    name: HpackName,
    neverIndexed: boolean,
  ): HpackField | undefined {
    const coding = this.at < end ? block[this.at]! >> 7 : 0;
    const length = this.readLength(block, end);
    if (length < 0) return undefined;
    const from = this.at;
    this.at += length;
    const secret = neverIndexed || name.sensitive;
    const known = secret ? undefined : fieldCache.get(name, block, from, this.at, coding);
    if (known !== undefined) return known;
    const text = this.text(block, from, this.at, coding);
    if (text === undefined) return undefined;
    const field = new HpackField(name, text, neverIndexed);
    if (!secret) fieldCache.put(name, block, from, this.at, coding, field);
    return field;
  }

  private text(block: Uint8Array, start: number, end: number, coding: number): string | undefined {
    if (coding === 0) return latin1(block, start, end);
    const text = huffmanText(block, start, end);
    if (text === undefined) this.fault = faults.huffman;
    return text;
  }

  private entry(index: number): HpackField | undefined {
    const field =
      index <= staticTable.length ? staticTable[index - 1] : this.table.at(index - staticTable.length - 1);
    if (field === undefined) this.fault = faults.index;
    return field;
  }

  /** Length of the string that starts here, or -1 when the block has less or the integer is wrong. */
  private readLength(block: Uint8Array, end: number): number {
    const length = this.readInteger(block, end, 0x7f);
    if (length <= end - this.at) return length;
    this.fault = faults.truncated;
    return -1;
  }

  private readSizeUpdate(block: Uint8Array, end: number): string | undefined {
    const limit = this.readInteger(block, end, 0x1f);
    if (limit < 0) return this.fault;
    if (limit > this.maxTableSize) return faults.sizeTooLarge;
    this.table.resize(limit);
    return undefined;
  }

  /** The integer whose first bits are those of `mask` in the octet here (section 5.1), or -1. */
  private readInteger(block: Uint8Array, end: number, mask: number): number {
    if (this.at >= end) {
      this.fault = faults.truncated;
      return -1;
    }
    const first = block[this.at++]! & mask;
    return first < mask ? first : this.readMore(block, end, mask);
  }

  private readMore(block: Uint8Array, end: number, prefix: number): number {
    let value = prefix;
    for (let octet = 0; octet < maxMoreOctets; octet++) {
      if (this.at >= end) {
        this.fault = faults.truncated;
        return -1;
      }
      const bits = block[this.at++]!;
      value += (bits & 0x7f) << (7 * octet);
      if (bits >= 0x80) continue;
      if (value > maxInteger) break;
      return value;
    }
    this.fault = faults.integer;
    return -1;
  }
}
