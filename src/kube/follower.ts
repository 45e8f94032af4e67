import { resourceKey } from "../resources/resource.ts";
import { ObjectCache } from "./cache.ts";
import type { KubeClient } from "./client.ts";
import type { Discovery, WantedType } from "./discovery.ts";
import type { KubeError } from "./error.ts";
import type { Limiter } from "./limiter.ts";
import { ListWatch, type Phase, type ServerTraits } from "./list-watch.ts";
import { type KubeObject, withoutManagedFields } from "./object.ts";
import type { ClusterChange } from "./outbox.ts";
import type { WatchLimits } from "./watch-limits.ts";

/** A kind to follow: all of its objects, unless narrowed down. */
export interface WatchedKind extends WantedType {
  /** `HTTPRoute`; names the kind in keys and states. */
  readonly kind: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** What is kept of an object; everything but `managedFields` unless given. */
  transform?(object: KubeObject): KubeObject;
}

export interface KindState {
  readonly phase: Phase;
  /** When the phase began. */
  readonly since: Date;
  /** The cache was what the server has, at least once. */
  readonly synced: boolean;
  readonly objects: number;
  /** Why it is in this phase, in words for the user. */
  readonly error?: string;
}

/** What the kinds of a set share. */
export interface Shared {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly limiter: Limiter;
  readonly server: ServerTraits;
  readonly limits: WatchLimits;
  onChanges(changes: readonly ClusterChange[]): void;
  onState(follower: Follower, error: KubeError | undefined): void;
}

/** One kind of a set: its list-watch, its cache and how it fares. */
export class Follower {
  readonly cache = new ObjectCache();
  readonly kind: string;
  /** Resolves when the cache is what the server has, for the first time. */
  readonly synced: Promise<void>;
  private readonly listWatch: ListWatch;
  private resolveSynced: () => void = () => undefined;
  private isSynced = false;
  private phase: Phase = "connecting";
  private since = new Date();
  private error: string | undefined;

  constructor(watched: WatchedKind, shared: Shared) {
    const { kind, namespace, labelSelector, fieldSelector } = watched;
    const { client, limiter, server, limits } = shared;
    this.kind = kind;
    this.synced = new Promise((resolve) => (this.resolveSynced = resolve));
    this.listWatch = new ListWatch({
      client,
      kind,
      namespace,
      labelSelector,
      fieldSelector,
      limiter,
      server,
      limits,
      cache: this.cache,
      locate: () => shared.discovery.find(watched),
      transform: (object) => watched.transform?.(object) ?? withoutManagedFields(object),
      onChanges: (changes) => {
        shared.onChanges(
          changes.map(({ object, ...change }) => {
            const key = resourceKey(kind, change.namespace, change.name);
            return object === undefined ? { kind, key } : { kind, key, object };
          }),
        );
      },
      onPhase: (phase, error) => {
        if (phase === this.phase && error?.message === this.error) return;
        if (phase !== this.phase) this.since = new Date();
        this.phase = phase;
        this.error = error?.message;
        shared.onState(this, error);
      },
      onSynced: () => {
        if (this.isSynced) return;
        this.isSynced = true;
        this.resolveSynced();
        shared.onState(this, undefined);
      },
    });
  }

  get state(): KindState {
    const { phase, since, isSynced: synced, error } = this;
    return { phase, since, synced, objects: this.cache.size, ...(error !== undefined && { error }) };
  }

  /** There is nothing to wait for: the objects are here, or none can be had. */
  get isSettled(): boolean {
    return this.isSynced || this.phase === "absent" || this.phase === "forbidden";
  }

  get isConnected(): boolean {
    return this.phase === "watching";
  }

  /** Resolves after `stop`. */
  run(): Promise<void> {
    return this.listWatch.run();
  }

  stop(): void {
    this.listWatch.stop();
  }
}
