import { compareAge, type Resource, type ResourceKey } from "../resources/resource.ts";
import { HostnameIndex } from "./hostname-index.ts";

/** A route with the hostnames that it wants on each listener. */
export interface Contender {
  readonly key: ResourceKey;
  readonly route: Resource;
  /** Whether all else speaks for it: who is not accepted anyway goes behind those who are. */
  readonly isSound: boolean;
  /** By key of the listener. */
  readonly claims: ReadonlyMap<string, readonly string[]>;
}

type Arena = Map<Resource["kind"], HostnameIndex<Contender>>;

const nowhere: ReadonlySet<string> = new Set();

/**
 * Routes of different kinds whose hostnames intersect on one listener. Their rules must not be merged, and "the
 * implementation MAY reject one of the two routes. An implementation that does so MUST accept exactly one of them":
 * the oldest, then the first by `NAMESPACE/NAME` (Gateway API, `GRPCRouteSpec.hostnames`). A route that was rejected
 * stands in nobody's way. A change costs the rivals of the route, and those whose luck changes with it.
 */
export class Rivals {
  private readonly contenders = new Map<ResourceKey, Contender>();
  private readonly arenas = new Map<string, Arena>();
  private readonly losses = new Map<ResourceKey, Set<string>>();

  /** Keys of the listeners on which an older route of another kind has the route's hostnames. */
  lost(key: ResourceKey): ReadonlySet<string> {
    return this.losses.get(key) ?? nowhere;
  }

  /** What a route claims from now on (absent: nothing). Returns the other routes for which something changes. */
  set(key: ResourceKey, now: Contender | undefined): ReadonlySet<ResourceKey> {
    const touched = new Set<ResourceKey>();
    const before = this.contenders.get(key);
    const listeners = new Set([...(before?.claims.keys() ?? []), ...(now?.claims.keys() ?? [])]);
    if (now === undefined) this.contenders.delete(key);
    else this.contenders.set(key, now);
    for (const listener of listeners) this.contest(listener, before, now, touched);
    touched.delete(key);
    return touched;
  }

  private contest(
    listener: string,
    before: Contender | undefined,
    now: Contender | undefined,
    touched: Set<ResourceKey>,
  ): void {
    const doubtful = new Map<ResourceKey, Contender>();
    if (before !== undefined) {
      this.withdraw(listener, before);
      for (const rival of this.rivals(listener, before)) doubtful.set(rival.key, rival);
      this.judge(listener, before, false);
    }
    if (now?.claims.has(listener) === true) {
      this.enter(listener, now);
      for (const rival of this.rivals(listener, now)) doubtful.set(rival.key, rival);
      doubtful.set(now.key, now);
    }
    // Only older ones decide about a contender, so each is judged once when the oldest goes first.
    const queue = new AgeQueue(doubtful.values());
    for (let next = queue.take(); next !== undefined; next = queue.take()) {
      const isLost = this.hasWinningElder(listener, next);
      if (!this.judge(listener, next, isLost)) continue;
      touched.add(next.key);
      for (const rival of this.rivals(listener, next)) if (compare(next, rival) < 0) queue.put(rival);
    }
  }

  private enter(listener: string, contender: Contender): void {
    const { kind } = contender.route;
    const arena = this.arenas.get(listener) ?? new Map<string, HostnameIndex<Contender>>();
    const index = arena.get(kind) ?? new HostnameIndex<Contender>();
    this.arenas.set(listener, arena.set(kind, index));
    for (const hostname of contender.claims.get(listener) ?? []) index.add(hostname, contender);
  }

  private withdraw(listener: string, contender: Contender): void {
    const { kind } = contender.route;
    const arena = this.arenas.get(listener);
    const index = arena?.get(kind);
    for (const hostname of contender.claims.get(listener) ?? []) index?.delete(hostname, contender);
    if (index?.isEmpty === true) arena?.delete(kind);
    if (arena?.size === 0) this.arenas.delete(listener);
  }

  private *rivals(listener: string, { route, claims }: Contender): Generator<Contender> {
    for (const [kind, index] of this.arenas.get(listener) ?? []) {
      if (kind === route.kind) continue;
      for (const hostname of claims.get(listener) ?? []) yield* index.intersecting(hostname);
    }
  }

  private hasWinningElder(listener: string, contender: Contender): boolean {
    for (const rival of this.rivals(listener, contender)) {
      if (compare(rival, contender) < 0 && !this.lost(rival.key).has(listener)) return true;
    }
    return false;
  }

  /** Returns whether that is news. */
  private judge(listener: string, { key }: Contender, isLost: boolean): boolean {
    const losses = this.losses.get(key) ?? new Set();
    if (losses.has(listener) === isLost) return false;
    if (isLost) losses.add(listener);
    else losses.delete(listener);
    if (losses.size === 0) this.losses.delete(key);
    else this.losses.set(key, losses);
    return true;
  }
}

function compare(a: Contender, b: Contender): number {
  if (a.isSound !== b.isSound) return a.isSound ? -1 : 1;
  return compareAge(a.route, b.route) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** Oldest first; each at most once at a time. */
class AgeQueue {
  private readonly waiting: Contender[];

  constructor(contenders: Iterable<Contender>) {
    this.waiting = [...contenders].toSorted((a, b) => compare(b, a));
  }

  take(): Contender | undefined {
    return this.waiting.pop();
  }

  put(contender: Contender): void {
    let low = 0;
    let high = this.waiting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(this.waiting[middle]!, contender) > 0) low = middle + 1;
      else high = middle;
    }
    if (this.waiting[low]?.key !== contender.key) this.waiting.splice(low, 0, contender);
  }
}
