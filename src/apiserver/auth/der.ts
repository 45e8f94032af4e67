import { Buffer } from "node:buffer";

/** Distinguished Encoding Rules (ITU-T X.690), as much of them as certificates need. */
function tagged(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length, ...digits]), content]);
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

/** Of one element, so their order is no question. */
export function set(element: Uint8Array): Buffer {
  return tagged(0x31, element);
}

/** @param bytes Big-endian, unsigned. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const shortest = bytes.subarray(start);
  return tagged(0x02, shortest[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), shortest]) : shortest);
}

export function truth(): Buffer {
  return tagged(0x01, Buffer.from([0xff]));
}

/** @param unused How many bits at the end do not count. */
export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([unused]), bytes]));
}

export function octetString(bytes: Uint8Array): Buffer {
  return tagged(0x04, bytes);
}

/** @param dotted Such as `2.5.4.3`. */
export function objectId(dotted: string): Buffer {
  const [first, second, ...others] = dotted.split(".").map(Number);
  const bytes: number[] = [];
  for (const number of [first! * 40 + second!, ...others]) {
    const digits = [number % 128];
    for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128))
      digits.unshift(0x80 | (rest % 128));
    bytes.push(...digits);
  }
  return tagged(0x06, Buffer.from(bytes));
}

export function utf8String(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text, "utf8"));
}

/** To the second. Certificates write years to 2049 with two digits and later ones with four (RFC 5280, 4.1.2.5). */
export function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  const short = at.getUTCFullYear() < 2050;
  return tagged(short ? 0x17 : 0x18, Buffer.from(short ? digits.slice(2) : digits, "latin1"));
}

/** A field that its number tells apart: `[number]`, around what is encoded already. */
export function explicit(number: number, content: Uint8Array): Buffer {
  return tagged(0xa0 | number, content);
}

/** `[number] IMPLICIT` of a primitive type. */
export function implicit(number: number, content: Uint8Array): Buffer {
  return tagged(0x80 | number, content);
}
