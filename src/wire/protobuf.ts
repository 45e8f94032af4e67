/**
 * As much of the encoding of Protocol Buffers as proxies need to speak a gRPC protocol of their own. Messages are written as
 * latin1 text, one character per byte, since that is how they leave. See protobuf.dev, "Encoding".
 */

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A field of a number, 0 or more. The default 0 need not be written, but in a `oneof`. */
export function numberField(field: number, value: number): string {
  return varint(field * 8 + VARINT) + varint(value);
}

/**
 * A field of bytes, or of a message. `more`: so many bytes of the content are not in `content` and follow it; it has to be
 * the last field then, of this message and of all around it.
 */
export function bytesField(field: number, content: string, more = 0): string {
  return varint(field * 8 + LENGTH_DELIMITED) + varint(content.length + more) + content;
}

/** Seven bits to a byte, lowest first. */
function varint(value: number): string {
  let out = "";
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) out += String.fromCharCode((rest % 128) | 0x80);
  return out + String.fromCharCode(rest);
}

/**
 * Reads the fields of one message: `next` as long as it says so, with the field in `number`, `value` and `bytes`. Afterwards
 * `malformed` says whether that was the whole message. Never throws: whoever sends the message is not to be trusted.
 */
export class ProtobufReader {
  /** Of the field. */
  number = 0;
  /** Of a field that is a number, as a double holds it; otherwise 0. */
  value = 0;
  /** Of a field of bytes, of text or of a message; undefined for others. They stay those of the message. */
  bytes: Buffer | undefined;
  malformed = false;
  private readonly message: Buffer;
  private at = 0;

  constructor(message: Buffer) {
    this.message = message;
  }

  /** Whether there is another field. */
  next(): boolean {
    if (this.at >= this.message.length || this.malformed) return false;
    const tag = this.varint();
    this.number = Math.floor(tag / 8);
    this.value = 0;
    this.bytes = undefined;
    if (this.number === 0 || tag > 0xffffffff) this.malformed = true;
    switch (tag % 8) {
      case VARINT:
        this.value = this.varint();
        break;
      case FIXED64:
        this.take(8);
        break;
      case LENGTH_DELIMITED:
        this.bytes = this.take(this.varint());
        break;
      case FIXED32:
        this.take(4);
        break;
      default:
        // Groups, which no message of ours has, and numbers that mean nothing.
        this.malformed = true;
    }
    return !this.malformed;
  }

  private varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.message[this.at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    this.malformed = true;
    return 0;
  }

  private take(size: number): Buffer {
    const start = this.at;
    if (size > this.message.length - start) this.malformed = true;
    else this.at = start + size;
    return this.message.subarray(start, this.at);
  }
}
