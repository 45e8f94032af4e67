import type { Flood } from "../wire/http2/flood.ts";

/** Connections that were ended for the same flood, from the same side of the same socket. */
export interface FloodCount extends Flood {
  readonly connections: number;
}

/**
 * Counts connections that were ended for floods, and tells of the first at once, of those after it together: who floods must not
 * choose how often something is written for it.
 */
export class FloodTally {
  private readonly interval: number;
  private readonly tell: (floods: readonly FloodCount[]) => void;
  private readonly counts = new Map<string, FloodCount>();
  private timer: NodeJS.Timeout | undefined;

  /** @param interval Milliseconds that are between two calls of `tell`. */
  constructor(interval: number, tell: (floods: readonly FloodCount[]) => void) {
    this.interval = interval;
    this.tell = tell;
  }

  add(flood: Flood, connections: number): void {
    const { kind, peer, address, port } = flood;
    const key = `${kind} ${peer} ${address} ${port}`;
    const before = this.counts.get(key)?.connections ?? 0;
    this.counts.set(key, { kind, peer, address, port, connections: before + connections });
    if (this.timer === undefined) this.flush();
  }

  /** Tells what is not told yet. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.counts.size === 0) return;
    const floods = [...this.counts.values()];
    this.counts.clear();
    this.timer = setTimeout(() => this.flush(), this.interval);
    this.timer.unref();
    this.tell(floods);
  }
}
