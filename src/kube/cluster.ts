import type { ObjectCache } from "./cache.ts";
import type { KubeClient } from "./client.ts";
import { Discovery } from "./discovery.ts";
import { type KubeError, stopped } from "./error.ts";
import { Follower, type KindState, type Shared, type WatchedKind } from "./follower.ts";
import { Limiter } from "./limiter.ts";
import { type ClusterBatch, Outbox } from "./outbox.ts";
import { defaultWatchLimits, type WatchLimits } from "./watch-limits.ts";

export interface ClusterState {
  /** When the first watch was granted after a time without any; absent while there is none. */
  readonly connectedSince?: Date;
  /** Every kind is synced, absent or forbidden. */
  readonly synced: boolean;
  readonly lastError?: { readonly kind: string; readonly message: string; readonly at: Date };
  /** By `WatchedKind.kind`. */
  readonly kinds: ReadonlyMap<string, KindState>;
}

export interface ClusterOptions {
  readonly client: KubeClient;
  readonly kinds: readonly WatchedKind[];
  /**
   * Never called while the promise of an earlier call is pending; what happens meanwhile comes in the next batch. The
   * first batch waits until every kind is synced, absent or forbidden, or until `startLimit` is over.
   */
  onChanges(batch: ClusterBatch): void | Promise<void>;
  /** Something about the state is different. Once per turn at most. */
  onState?(state: ClusterState): void;
  /** Milliseconds after which the first batch does not wait for kinds that fail. */
  readonly startLimit?: number;
  readonly limits?: Partial<WatchLimits>;
}

/** Kinds that are read as a whole at the same time, so that a server that comes back is not overrun. */
const MAX_READERS = 4;
const START_LIMIT = 30_000;

/** Follows a set of kinds until it is closed. A kind that fails, or is not there, stops none of the others. */
export class Cluster {
  /** Resolves when every kind is synced, absent or forbidden for the first time; rejects when closed before. */
  readonly synced: Promise<void>;
  private readonly options: ClusterOptions;
  private readonly followers = new Map<string, Follower>();
  private readonly outbox: Outbox;
  private readonly closing = new AbortController();
  private readonly startTimer: NodeJS.Timeout;
  private readonly runs: Promise<unknown>;
  private resolveSynced: () => void = () => undefined;
  private connectedSince: Date | undefined;
  private lastError: ClusterState["lastError"];
  private notice: NodeJS.Immediate | undefined;

  constructor(options: ClusterOptions) {
    this.options = options;
    this.outbox = new Outbox((batch) => options.onChanges(batch));
    this.synced = new Promise((resolve, reject) => {
      this.resolveSynced = resolve;
      this.closing.signal.addEventListener("abort", () => reject(stopped()), { once: true });
    });
    this.synced.catch(() => undefined);
    const limits = { ...defaultWatchLimits, ...options.limits };
    const shared: Shared = {
      client: options.client,
      discovery: new Discovery(options.client, limits.discovery, this.closing.signal),
      limiter: new Limiter(MAX_READERS),
      server: { watchList: true },
      limits,
      onChanges: (changes) => this.outbox.add(changes),
      onState: (follower, error) => this.note(follower, error),
    };
    for (const kind of options.kinds) {
      if (this.followers.has(kind.kind)) throw new Error(`${kind.kind} is in the set twice`);
      this.followers.set(kind.kind, new Follower(kind, shared));
    }
    this.startTimer = setTimeout(() => this.outbox.open(), options.startLimit ?? START_LIMIT);
    this.runs = Promise.all([...this.followers.values()].map((follower) => follower.run()));
    this.settle();
  }

  /** As it is now. */
  get state(): ClusterState {
    const { connectedSince, lastError } = this;
    return {
      ...(connectedSince !== undefined && { connectedSince }),
      synced: this.isSettled,
      ...(lastError !== undefined && { lastError }),
      kinds: new Map([...this.followers].map(([kind, follower]) => [kind, follower.state])),
    };
  }

  /** Of one kind of the set, as it is now. */
  stateOf(kind: string): KindState {
    return this.find(kind).state;
  }

  /** The objects of a kind of the set. It is ahead of `onChanges` by what is in no batch yet. */
  cache(kind: string): ObjectCache {
    return this.find(kind).cache;
  }

  /** Resolves when the cache of this kind is what the server has, for the first time. */
  syncedKind(kind: string): Promise<void> {
    return this.find(kind).synced;
  }

  /** Resolves when nothing runs any more. The client stays open: it belongs to the caller. */
  async close(): Promise<void> {
    clearTimeout(this.startTimer);
    clearImmediate(this.notice);
    this.outbox.close();
    this.closing.abort();
    for (const follower of this.followers.values()) follower.stop();
    await this.runs;
  }

  private get isSettled(): boolean {
    return [...this.followers.values()].every((follower) => follower.isSettled);
  }

  private find(kind: string): Follower {
    const follower = this.followers.get(kind);
    if (follower === undefined) throw new Error(`${kind} is not in the set`);
    return follower;
  }

  private note(follower: Follower, error: KubeError | undefined): void {
    if (this.closing.signal.aborted) return;
    const at = new Date();
    if (error !== undefined) this.lastError = { kind: follower.kind, message: error.message, at };
    const connected = [...this.followers.values()].some(({ isConnected }) => isConnected);
    this.connectedSince = connected ? (this.connectedSince ?? at) : undefined;
    this.settle();
    if (this.options.onState === undefined) return;
    this.notice ??= setImmediate(() => {
      this.notice = undefined;
      this.options.onState?.(this.state);
    });
  }

  private settle(): void {
    if (!this.isSettled) return;
    clearTimeout(this.startTimer);
    this.outbox.open();
    this.resolveSynced();
  }
}
