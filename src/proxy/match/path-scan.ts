import { HASH_SEED, mix } from "./hash.ts";

const SLASH = 47;
const QUESTION_MARK = 63;

/**
 * The path of a request, read once from the left: one pass gives the hash of every prefix that ends
 * where a segment ends. Depth 0 is the empty prefix; `/a/b` is a prefix of depth 2.
 */
export class PathScan {
  /** Deepest prefix that was seen (and asked for). */
  depth = 0;
  /** `hashes[d]` is of the prefix `target.slice(0, ends[d])`. */
  hashes = new Int32Array(INITIAL_DEPTHS);
  ends = new Int32Array(INITIAL_DEPTHS);
  /** The path was read to its end, so it can equal a path in the table. */
  whole = false;
  /** Hash and length of the path; only when `whole`. */
  hash = 0;
  end = 0;

  /** Makes room; called when a table changes, so that `read` need not look. */
  reserve(depth: number): void {
    if (depth < this.hashes.length) return;
    this.hashes = new Int32Array(depth * 2);
    this.ends = new Int32Array(depth * 2);
  }

  /**
   * Reads no further than the tables need, however long the path: `longest` is the length of the
   * longest path in them, `deepest` their greatest depth.
   */
  read(target: string, longest: number, deepest: number): void {
    const length = target.length;
    const stop = length <= longest ? length : longest + 1;
    const hashes = this.hashes;
    const ends = this.ends;
    let hash = HASH_SEED;
    let depth = 0;
    let i = 0;
    hashes[0] = hash;
    ends[0] = 0;
    while (i < stop) {
      const code = target.charCodeAt(i);
      if (code === QUESTION_MARK) break;
      if (code === SLASH && i > 0 && depth < deepest) {
        depth++;
        hashes[depth] = hash;
        ends[depth] = i;
      }
      hash = mix(hash, code);
      i++;
    }
    this.whole = i <= longest;
    this.hash = hash;
    this.end = i;
    if (this.whole && depth < deepest) {
      depth++;
      hashes[depth] = hash;
      ends[depth] = i;
    }
    this.depth = depth;
  }
}

/** Grows with the tables. */
const INITIAL_DEPTHS = 16;

/** Depth of a prefix as `PathScan` counts it. `text` is `""` for the prefix `/`. */
export function depthOf(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === SLASH) depth++;
  return depth;
}
