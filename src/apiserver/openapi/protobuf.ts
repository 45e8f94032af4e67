/** Numbers are varints, texts and bytes stand for themselves. */
type Part = number | string | Buffer | Message;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

/** Writes one protobuf message (wire format, proto3): absent and empty values are left out as proto3 does. */
export class Message {
  private readonly parts: Part[] = [];
  /** In bytes. */
  private size = 0;

  string(field: number, value: unknown): this {
    return typeof value === "string" && value !== "" ? this.text(field, value) : this;
  }

  /** Entries are written even when they are empty. */
  strings(field: number, values: unknown): this {
    for (const value of Array.isArray(values) ? (values as readonly string[]) : []) this.text(field, value);
    return this;
  }

  bool(field: number, value: unknown): this {
    return value === true ? this.tag(field, VARINT).varint(1) : this;
  }

  /** A count that is not negative. */
  integer(field: number, value: unknown): this {
    return typeof value === "number" && value > 0 ? this.tag(field, VARINT).varint(value) : this;
  }

  double(field: number, value: unknown): this {
    if (typeof value !== "number" || Object.is(value, 0)) return this;
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return this.tag(field, FIXED64).put(bytes, 8);
  }

  /** `value` is complete: what is added to it later would break the length that is written here. */
  message(field: number, value: Message | undefined): this {
    if (value === undefined) return this;
    return this.tag(field, LENGTH_DELIMITED).varint(value.size).put(value, value.size);
  }

  toBuffer(): Buffer {
    const target = Buffer.allocUnsafe(this.size);
    this.write(target, 0);
    return target;
  }

  private text(field: number, value: string): this {
    const size = Buffer.byteLength(value);
    return this.tag(field, LENGTH_DELIMITED).varint(size).put(value, size);
  }

  private tag(field: number, type: number): this {
    return this.varint(field * 8 + type);
  }

  private varint(value: number): this {
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
    return this.put(value, size);
  }

  private put(part: Part, size: number): this {
    this.parts.push(part);
    this.size += size;
    return this;
  }

  private write(target: Buffer, start: number): number {
    let next = start;
    for (const part of this.parts) {
      if (typeof part === "number") next = writeVarint(target, next, part);
      else if (typeof part === "string") next += target.write(part, next);
      else if (part instanceof Message) next = part.write(target, next);
      else next += part.copy(target, next);
    }
    return next;
  }
}

/** Seven bits to a byte, lowest first; any whole number that a double holds exactly. */
function writeVarint(target: Buffer, start: number, value: number): number {
  let next = start;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) target[next++] = (rest % 0x80) + 0x80;
  target[next++] = rest;
  return next;
}
