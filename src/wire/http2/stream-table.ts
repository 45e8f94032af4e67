import type { Http2Stream } from "./stream.ts";

const buckets = 64;

/**
 * The open streams of a connection by number. A `Map` would do, but for what V8 makes of one that is added to and deleted from all the
 * time: each rehash leaves a table behind that points to the next one and to the streams of its day, and once one of them has been
 * promoted, all that follow are kept until the next full collection. It was 18 % of all that a gRPC call allocates.
 */
export class StreamTable {
  size = 0;
  private readonly heads: (Http2Stream | undefined)[] = Array.from<undefined>({ length: buckets }).fill(
    undefined,
  );

  get(id: number): Http2Stream | undefined {
    let stream = this.heads[(id >> 1) & (buckets - 1)];
    while (stream !== undefined && stream.id !== id) stream = stream.nextInTable;
    return stream;
  }

  has(id: number): boolean {
    return this.get(id) !== undefined;
  }

  /** The number must not be there yet. */
  add(stream: Http2Stream): void {
    const bucket = (stream.id >> 1) & (buckets - 1);
    stream.nextInTable = this.heads[bucket];
    this.heads[bucket] = stream;
    this.size++;
  }

  delete(stream: Http2Stream): void {
    const bucket = (stream.id >> 1) & (buckets - 1);
    let before: Http2Stream | undefined;
    for (let other = this.heads[bucket]; other !== undefined; before = other, other = other.nextInTable) {
      if (other !== stream) continue;
      if (before === undefined) this.heads[bucket] = stream.nextInTable;
      else before.nextInTable = stream.nextInTable;
      stream.nextInTable = undefined;
      this.size--;
      return;
    }
  }

  /** All of them as they are now: streams may end while the caller goes through. */
  all(): readonly Http2Stream[] {
    const all: Http2Stream[] = [];
    if (this.size === 0) return all;
    for (const head of this.heads)
      for (let stream = head; stream !== undefined; stream = stream.nextInTable) all.push(stream);
    return all;
  }
}
