import { HASH_SEED, hashText, mix } from "../../match/hash.ts";
import type { Flow } from "./flow.ts";

/** Power of two. */
const fewestBuckets = 64;

/**
 * The flows of one listening socket, by the client's address and port. No `Map`: its key would be a text that is made for every
 * datagram, and one that is added to and deleted from all the time keeps much that is garbage (see `wire/http2/stream-table.ts`).
 */
export class FlowTable {
  size = 0;
  private heads = emptyBuckets(fewestBuckets);

  get(address: string, port: number): Flow | undefined {
    let flow = this.heads[hashSource(address, port) & (this.heads.length - 1)];
    while (flow !== undefined && (flow.port !== port || flow.address !== address)) flow = flow.nextInTable;
    return flow;
  }

  /** There must be none yet for its address and port. */
  add(flow: Flow): void {
    if (this.size === this.heads.length) this.grow();
    this.link(flow);
    this.size++;
  }

  delete(flow: Flow): void {
    const bucket = this.bucketOf(flow);
    let before: Flow | undefined;
    for (let other = this.heads[bucket]; other !== undefined; before = other, other = other.nextInTable) {
      if (other !== flow) continue;
      if (before === undefined) this.heads[bucket] = flow.nextInTable;
      else before.nextInTable = flow.nextInTable;
      flow.nextInTable = undefined;
      this.size--;
      return;
    }
  }

  /** All of them as they are now: flows may end while the caller goes through. */
  all(): readonly Flow[] {
    const all: Flow[] = [];
    for (const head of this.heads)
      for (let flow = head; flow !== undefined; flow = flow.nextInTable) all.push(flow);
    return all;
  }

  private grow(): void {
    const flows = this.all();
    this.heads = emptyBuckets(this.heads.length * 2);
    for (const flow of flows) this.link(flow);
  }

  private link(flow: Flow): void {
    const bucket = this.bucketOf(flow);
    flow.nextInTable = this.heads[bucket];
    this.heads[bucket] = flow;
  }

  private bucketOf({ address, port }: Flow): number {
    return hashSource(address, port) & (this.heads.length - 1);
  }
}

function emptyBuckets(count: number): (Flow | undefined)[] {
  return Array.from<undefined>({ length: count }).fill(undefined);
}

/** Seeded: nobody can pick ports that all share a bucket. */
function hashSource(address: string, port: number): number {
  const hash = hashText(mix(mix(HASH_SEED, port & 255), port >> 8), address);
  return hash ^ (hash >>> 15);
}
