import type { Http2Stream } from "./stream.ts";

const buckets = 64;

/** One for all tables that hold nothing: never written to. */
const none: readonly (Http2Stream | undefined)[] = newHeads();

/** Empty ones of tables that hold nothing any more, for the next that holds something. */
const spare: (Http2Stream | undefined)[][] = [];
const maxSpare = 64;

function newHeads(): (Http2Stream | undefined)[] {
  return Array.from<undefined>({ length: buckets }).fill(undefined);
}

/**
 * The open streams of a connection by number. A `Map` would do, but for what V8 makes of one that is added to and deleted from all the
 * time: each rehash leaves a table behind that points to the next one and to the streams of its day, and once one of them has been
 * promoted, all that follow are kept until the next full collection. It was 18 % of all that a gRPC call allocates.
 */
export class StreamTable {
  size = 0;
  private heads = none as (Http2Stream | undefined)[];

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
    if (this.size === 0) this.heads = spare.pop() ?? newHeads();
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
      if (--this.size === 0) this.rest();
      return;
    }
  }

  /** An idle connection keeps no buckets. */
  private rest(): void {
    if (spare.length < maxSpare) spare.push(this.heads);
    this.heads = none as (Http2Stream | undefined)[];
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
