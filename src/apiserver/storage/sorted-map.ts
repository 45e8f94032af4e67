/** Entries of a chunk; a full chunk is halved. Splicing stays in the cache, and 10⁵ entries are 200-400 chunks. */
const chunkSize = 512;

interface Chunk<Value> {
  readonly keys: string[];
  readonly values: Value[];
}

/** A map in the order of its keys (by UTF-16 units). An insert costs O(log n) comparisons and one chunk's splice. */
export class SortedMap<Value> {
  /** None is empty. */
  private readonly chunks: Chunk<Value>[] = [];
  private length = 0;

  get size(): number {
    return this.length;
  }

  get(key: string): Value | undefined {
    const chunk = this.chunks[this.chunkOf(key)];
    if (chunk === undefined) return undefined;
    const at = firstAtLeast(chunk.keys, key);
    return chunk.keys[at] === key ? chunk.values[at] : undefined;
  }

  set(key: string, value: Value): void {
    const last = this.chunks.length - 1;
    const index = Math.min(this.chunkOf(key), last);
    const chunk = this.chunks[index];
    if (chunk === undefined) {
      this.chunks.push({ keys: [key], values: [value] });
      this.length++;
      return;
    }
    const at = firstAtLeast(chunk.keys, key);
    if (chunk.keys[at] === key) {
      chunk.values[at] = value;
      return;
    }
    this.length++;
    // Ascending keys fill their chunks instead of leaving each one half empty.
    if (index === last && at === chunk.keys.length && at >= chunkSize) {
      this.chunks.push({ keys: [key], values: [value] });
      return;
    }
    chunk.keys.splice(at, 0, key);
    chunk.values.splice(at, 0, value);
    if (chunk.keys.length > chunkSize) this.halve(index);
  }

  delete(key: string): void {
    const index = this.chunkOf(key);
    const chunk = this.chunks[index];
    if (chunk === undefined) return;
    const at = firstAtLeast(chunk.keys, key);
    if (chunk.keys[at] !== key) return;
    this.length--;
    chunk.keys.splice(at, 1);
    chunk.values.splice(at, 1);
    this.shrink(index);
  }

  /** How many keys come after `key`; costs the number of chunks. */
  countAfter(key: string): number {
    const index = this.chunkOf(key);
    const chunk = this.chunks[index];
    if (chunk === undefined) return 0;
    const at = firstAtLeast(chunk.keys, key);
    let count = chunk.keys.length - at - (chunk.keys[at] === key ? 1 : 0);
    for (let i = index + 1; i < this.chunks.length; i++) count += this.chunks[i]!.keys.length;
    return count;
  }

  /** In order, from the first key after `after`. The map must not change meanwhile. */
  *valuesAfter(after?: string): Generator<Value, void> {
    let index = after === undefined ? 0 : this.chunkOf(after);
    let at = 0;
    if (after !== undefined && index < this.chunks.length) {
      const { keys } = this.chunks[index]!;
      at = firstAtLeast(keys, after);
      if (keys[at] === after) at++;
    }
    for (; index < this.chunks.length; index++, at = 0) {
      const { values } = this.chunks[index]!;
      for (; at < values.length; at++) yield values[at]!;
    }
  }

  /** The first chunk whose last key is not before `key`: the only one that can hold it. */
  private chunkOf(key: string): number {
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { keys } = this.chunks[middle]!;
      if (keys[keys.length - 1]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private halve(index: number): void {
    const { keys, values } = this.chunks[index]!;
    const half = keys.length >>> 1;
    this.chunks.splice(index + 1, 0, { keys: keys.splice(half), values: values.splice(half) });
  }

  /** Joins a chunk that got small with the next one, so that no history of deletes leaves many small chunks. */
  private shrink(index: number): void {
    const chunk = this.chunks[index]!;
    if (chunk.keys.length === 0) {
      this.chunks.splice(index, 1);
      return;
    }
    const next = this.chunks[index + 1];
    if (next === undefined || chunk.keys.length + next.keys.length > chunkSize / 2) return;
    chunk.keys.push(...next.keys);
    chunk.values.push(...next.values);
    this.chunks.splice(index + 1, 1);
  }
}

function firstAtLeast(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
