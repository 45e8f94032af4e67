const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** What follows the tag of a field: a number, or bytes that its type says how to read. */
export type WireValue = number | Uint8Array;

/** Bytes that are no protobuf message. */
export class WireError extends Error {}

/** Reads the fields of one message in the order in which they were written. */
export class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  /** The number of the next field, and its value; throws a WireError at bytes that are none. */
  next(): { readonly number: number; readonly value: WireValue } {
    const tag = this.varint();
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case VARINT:
        return { number, value: this.varint() };
      case FIXED64:
        return { number, value: this.view.getFloat64(this.skip(8), true) };
      case LENGTH_DELIMITED: {
        const length = this.varint();
        const start = this.skip(length);
        return { number, value: this.bytes.subarray(start, start + length) };
      }
      case FIXED32:
        return { number, value: this.view.getFloat32(this.skip(4), true) };
      default:
        throw new WireError(`a field of wire type ${tag % 8}`);
    }
  }

  /** Seven bits to a byte, lowest first. Whole numbers of 64 bits, as far as a double holds them. */
  varint(): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[this.skip(1)]!;
      const bits = byte & 0x7f;
      if (shift < 28) low += bits * 2 ** shift;
      else high += bits * 2 ** (shift - 28);
      if (byte < 0x80) return signed(low, high);
    }
    throw new WireError("a number that does not end");
  }

  private skip(size: number): number {
    const start = this.at;
    if (size < 0 || size > this.bytes.length - start) throw new WireError("the message is cut off");
    this.at += size;
    return start;
  }
}

/** 28 low bits and the rest of a number in two's complement. */
function signed(low: number, high: number): number {
  const isNegative = high >= 2 ** 35;
  return (isNegative ? high - 2 ** 36 : high) * 2 ** 28 + low;
}
