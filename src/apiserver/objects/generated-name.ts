import { randomBytes } from "node:crypto";

const NAME_SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const NAME_SUFFIX_LENGTH = 5;
const MAX_GENERATED_PREFIX = 63 - NAME_SUFFIX_LENGTH;

/** A random name with the prefix, cut so that the whole stays a DNS label. */
export function generatedName(prefix: string): string {
  let name = prefix.slice(0, MAX_GENERATED_PREFIX);
  for (const byte of randomBytes(NAME_SUFFIX_LENGTH)) {
    name += NAME_SUFFIX_ALPHABET[byte % NAME_SUFFIX_ALPHABET.length];
  }
  return name;
}
