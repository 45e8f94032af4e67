import { Backoff } from "../std/backoff.ts";
import { reportBug } from "../std/bug.ts";
import { type KubeError, stopped } from "./error.ts";

export interface WorkQueueOptions<Item> {
  /**
   * Does what the item says. Resolves to the error after which it makes sense to try again; to `undefined` when nothing is left to do.
   *
   * @param isLatest False once the item was dropped or replaced: what is left of it need not be done.
   * @param signal Aborted when the queue is closed.
   */
  work(item: Item, isLatest: () => boolean, signal: AbortSignal): Promise<KubeError | undefined>;
  /** Could not be done yet, and is tried again. */
  onDelayed?(item: Item, error: KubeError): void;
  readonly concurrency?: number;
  /** Milliseconds of the first pause after a failure, and of the longest. */
  readonly retryFirst?: number;
  readonly retryMost?: number;
}

const CONCURRENCY = 8;
const RETRY_FIRST = 500;
const RETRY_MOST = 30_000;
/** Seconds that a server may tell us to wait. */
const MAX_TOLD = 300;

interface Lane<Item> {
  readonly key: string;
  readonly backoff: Backoff;
  /** What is wanted now; a newer wish replaces it. */
  next: { readonly item: Item } | undefined;
  /** Is waiting for its turn, or being worked on: somebody looks at `next` again. */
  isServed: boolean;
  /** Of the pause before another try. */
  timer: NodeJS.Timeout | undefined;
}

/** The latest item of every key is worked on until it is done: one at a time for a key, a few at a time in all. */
export class WorkQueue<Item> {
  private readonly options: WorkQueueOptions<Item>;
  /** A lane exists while its key has something to do. */
  private readonly lanes = new Map<string, Lane<Item>>();
  private readonly ready: Lane<Item>[] = [];
  private readonly controller = new AbortController();
  private readonly idleWaiters: (() => void)[] = [];
  private busy = 0;

  constructor(options: WorkQueueOptions<Item>) {
    this.options = options;
  }

  /** Keys that have something to do. */
  get size(): number {
    return this.lanes.size;
  }

  /** Replaces the item of this key that is not done yet, and does not wait for the pause that this one makes. */
  put(key: string, item: Item): void {
    if (this.controller.signal.aborted) return;
    let lane = this.lanes.get(key);
    if (lane === undefined) {
      const { retryFirst = RETRY_FIRST, retryMost = RETRY_MOST } = this.options;
      const backoff = new Backoff(retryFirst, retryMost);
      lane = { key, backoff, next: undefined, isServed: false, timer: undefined };
      this.lanes.set(key, lane);
    }
    lane.next = { item };
    this.serveSoon(lane);
  }

  /** Forgets the item of this key. */
  drop(key: string): void {
    const lane = this.lanes.get(key);
    if (lane === undefined) return;
    lane.next = undefined;
    this.serveSoon(lane);
  }

  /** Resolves when nothing is left to do. */
  idle(): Promise<void> {
    if (this.lanes.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.idleWaiters.push(resolve));
  }

  /** Ends what is under way; nothing is done any more. */
  close(): void {
    this.controller.abort(stopped());
    this.ready.length = 0;
    for (const lane of this.lanes.values()) {
      clearTimeout(lane.timer);
      lane.next = undefined;
    }
    this.lanes.clear();
    this.noteIdle();
  }

  private serveSoon(lane: Lane<Item>): void {
    if (lane.isServed) return;
    clearTimeout(lane.timer);
    lane.timer = undefined;
    lane.isServed = true;
    this.ready.push(lane);
    this.serveReady();
  }

  private serveReady(): void {
    while (this.busy < (this.options.concurrency ?? CONCURRENCY) && this.ready.length > 0) {
      this.busy++;
      void this.serve(this.ready.shift()!).then(() => {
        this.busy--;
        this.noteIdle();
        this.serveReady();
      });
    }
  }

  /** Once. A pause takes nobody's turn: objects that cannot be written yet do not hold up the others. */
  private async serve(lane: Lane<Item>): Promise<void> {
    const { next } = lane;
    const { signal } = this.controller;
    const error =
      next && (await this.options.work(next.item, () => lane.next === next, signal).catch(reportBug));
    if (signal.aborted) return;
    lane.isServed = false;
    if (lane.next !== next) this.serveSoon(lane);
    else if (next === undefined || error === undefined) this.lanes.delete(lane.key);
    else this.pause(lane, next.item, error);
  }

  private pause(lane: Lane<Item>, item: Item, error: KubeError): void {
    const told = Math.min(error.retryAfterSeconds ?? 0, MAX_TOLD) * 1000;
    lane.timer = setTimeout(() => this.serveSoon(lane), Math.max(told, lane.backoff.next()));
    this.options.onDelayed?.(item, error);
  }

  private noteIdle(): void {
    if (this.lanes.size > 0) return;
    for (const resolve of this.idleWaiters.splice(0)) resolve();
  }
}
