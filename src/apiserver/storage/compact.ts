import { Buffer } from "node:buffer";

const beyondLatin1 = /[^\u0000-\u00ff]/;

/**
 * The same text in the smallest form that the engine has: a flat string of its own, one byte per character when
 * all are Latin-1. What callers hand in may be a rope, or a slice that keeps a whole request alive.
 */
export function compact(text: string): string {
  const encoding = beyondLatin1.test(text) ? "utf16le" : "latin1";
  return Buffer.from(text, encoding).toString(encoding);
}
