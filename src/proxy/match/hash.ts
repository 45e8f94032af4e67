import { randomInt } from "node:crypto";

/** Random per process, so that nobody can write routes that collide on purpose. */
export const HASH_SEED = randomInt(2 ** 31);

/** Multiplier of FNV-1a, 32 bits. */
const FNV_PRIME = 0x01000193;

/** One step of the rolling hash: the hash of a text followed by the character `code`. A signed 32-bit number. */
export function mix(hash: number, code: number): number {
  return Math.imul(hash ^ code, FNV_PRIME);
}

/** The rolling hash of a text, begun at `hash`. */
export function hashText(hash: number, text: string): number {
  let result = hash;
  for (let i = 0; i < text.length; i++) result = mix(result, text.charCodeAt(i));
  return result;
}

/** Spreads small numbers (ids) over 32 bits, to tell apart what shares one table. */
export function spread(id: number): number {
  return Math.imul(id, 0x9e3779b1);
}
