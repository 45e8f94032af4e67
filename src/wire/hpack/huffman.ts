import { latin1 } from "../latin1.ts";
import { endOfString, huffmanCodes, huffmanLengths } from "./huffman-code.ts";

/**
 * A state of the decoder is the bits read since the last whole symbol: an inner node of the code's tree.
 * There are as many as symbols but one, and one more in which everything wrong ends.
 */
const stateCount = 257;
const failed = 256;
const root = 0;

/** Where in a step the next state stands, and where the number of symbols. */
const STATE_SHIFT = 18;
const COUNT_SHIFT = 16;

/**
 * What an octet does in a state: `next[state << 8 | octet]` is the next state, the number of symbols that it
 * completes (two at the most, as the shortest code has 5 bits), the second of them and the first, from high to low
 * bits. 0, which no step is, where it has not been worked out yet: text needs few of the 65536, and a process that
 * starts should not wait for them.
 */
const next = new Uint32Array(stateCount << 8);

/**
 * Whether a string may end in a state: "padding strictly longer than 7 bits MUST be treated as a decoding error",
 * and padding is made of the first bits of the code for end-of-string, all ones (RFC 7541 section 5.2).
 */
const mayEnd = new Uint8Array(stateCount);

const children = buildTree();
markEnds();

let scratch = Buffer.allocUnsafeSlow(4096);

/** Decodes `block[start..end)`. Returns latin1 text, or undefined when it is not a whole Huffman-coded string. */
export function huffmanText(block: Uint8Array, start: number, end: number): string | undefined {
  // Both symbols of a step are written, whatever their number.
  const room = (end - start) * 2 + 2;
  if (scratch.length < room) scratch = Buffer.allocUnsafeSlow(Math.max(room, scratch.length * 2));
  const out = scratch;
  let state = root;
  let length = 0;
  for (let at = start; at < end; at++) {
    let step = next[(state << 8) | block[at]!]!;
    if (step === 0) step = learn(state, block[at]!);
    out[length] = step;
    out[length + 1] = step >> 8;
    length += (step >> COUNT_SHIFT) & 3;
    state = step >>> STATE_SHIFT;
  }
  return mayEnd[state] === 1 ? latin1(out, 0, length) : undefined;
}

function markEnds(): void {
  let state = root;
  for (let padding = 0; padding <= 7; padding++) {
    mayEnd[state] = 1;
    state = children[state * 2 + 1]!;
  }
}

/** Two children per inner node, for a bit of 0 and of 1: an inner node, or `~symbol`. */
function buildTree(): Int16Array {
  const tree = new Int16Array(failed * 2);
  let count = 1;
  for (let symbol = 0; symbol <= endOfString; symbol++) {
    let node = root;
    for (let bit = huffmanLengths[symbol]! - 1; bit > 0; bit--) {
      const branch = node * 2 + ((huffmanCodes[symbol]! >>> bit) & 1);
      if (tree[branch] === 0) tree[branch] = count++;
      node = tree[branch]!;
    }
    tree[node * 2 + (huffmanCodes[symbol]! & 1)] = ~symbol;
  }
  return tree;
}

function learn(state: number, octet: number): number {
  const step = state === failed ? failed << STATE_SHIFT : stepOf(state, octet);
  next[(state << 8) | octet] = step;
  return step;
}

function stepOf(state: number, octet: number): number {
  let node = state;
  let symbols = 0;
  let count = 0;
  for (let bit = 7; bit >= 0; bit--) {
    const child = children[node * 2 + ((octet >> bit) & 1)]!;
    // "A Huffman-encoded string literal containing the EOS symbol MUST be treated as a decoding error"
    if (child === ~endOfString) return failed << STATE_SHIFT;
    node = child < 0 ? root : child;
    if (child < 0) symbols |= ~child << (8 * count++);
  }
  return ((node << STATE_SHIFT) | (count << COUNT_SHIFT) | symbols) >>> 0;
}
