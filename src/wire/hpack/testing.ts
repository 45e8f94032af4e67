import type { HpackDecoder } from "./decoder.ts";
import type { HpackField } from "./field.ts";
import { huffmanCodes, huffmanLengths } from "./huffman-code.ts";

/** Octets written as hexadecimal digits, spaces between them ignored. */
export function octets(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(" ", ""), "hex");
}

export interface Decoded {
  readonly fault: string | undefined;
  readonly fields: readonly HpackField[];
}

/** Decodes a block that stands in the middle of a larger buffer, as blocks in a frame do. */
export function decodeBlock(decoder: HpackDecoder, block: Uint8Array | string, maxSize?: number): Decoded {
  const bytes = typeof block === "string" ? Buffer.from(block, "latin1") : block;
  const around = Buffer.concat([Buffer.alloc(5, 0x82), bytes, Buffer.alloc(5, 0x82)]);
  const fields: HpackField[] = [];
  const sink = { onField: (field: HpackField): void => void fields.push(field) };
  const fault = decoder.decode(around, 5, 5 + bytes.length, sink, maxSize);
  return { fault, fields };
}

/** `name: value` of each field. */
export function lines(fields: readonly HpackField[]): string[] {
  return fields.map((field) => `${field.name}: ${field.value}`);
}

/** All entries of the dynamic table, newest first. */
export function tableLines(decoder: HpackDecoder): string[] {
  const entries: HpackField[] = [];
  for (let i = 0; i < decoder.table.length; i++) entries.push(decoder.table.at(i)!);
  return lines(entries);
}

/** Huffman code of latin1 text, with its padding. */
function huffmanOctets(text: string): Buffer {
  let bits = "";
  for (const symbol of Buffer.from(text, "latin1")) {
    bits += huffmanCodes[symbol]!.toString(2).padStart(huffmanLengths[symbol]!, "0");
  }
  bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)));
}

/** A string literal of less than 16 KiB (RFC 7541 section 5.2). */
function stringLiteral(text: string, coding: "plain" | "huffman"): Buffer {
  const data = coding === "huffman" ? huffmanOctets(text) : Buffer.from(text, "latin1");
  const flag = coding === "huffman" ? 0x80 : 0;
  if (data.length < 127) return Buffer.concat([Buffer.from([flag | data.length]), data]);
  const rest = data.length - 127;
  const length = rest < 128 ? [rest] : [(rest & 0x7f) | 0x80, rest >> 7];
  return Buffer.concat([Buffer.from([flag | 127, ...length]), data]);
}

/** A literal field with a literal name; `first` is 0x40 to index it, 0x00 not to, 0x10 never to. */
export function literalField(
  first: 0x00 | 0x10 | 0x40,
  name: string,
  value: string,
  coding: "plain" | "huffman" = "plain",
): Buffer {
  return Buffer.concat([Buffer.from([first]), stringLiteral(name, coding), stringLiteral(value, coding)]);
}
