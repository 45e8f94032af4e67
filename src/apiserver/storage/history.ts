import { reportBug } from "../../std/bug.ts";
import type { StoreEvent, Watch } from "./store.ts";

export interface HistoryLimits {
  /** Events. */
  readonly events: number;
  /** Characters of texts that nothing but the history holds: replaced and removed rows. */
  readonly characters: number;
}

const defaultLimits: HistoryLimits = { events: 10_000, characters: 32 * 1024 * 1024 };

type Listener = (event: StoreEvent) => void;

interface Watcher {
  readonly listener: Listener;
  /** Revision up to which it has been told. */
  seen: number;
}

/** The latest events, oldest forgotten first, and whoever watches for more. Revisions have no gaps. */
export class History {
  private readonly limits: HistoryLimits;
  /** A ring: the event of revision r is at r modulo its length. */
  private readonly ring: (StoreEvent | undefined)[] = [];
  private readonly watchers = new Map<string, Set<Watcher>>();
  /** Written, but not all watchers were told: a listener that writes must not make others hear the later event first. */
  private readonly untold: StoreEvent[] = [];
  private telling = false;
  private held = 0;
  private first: number;
  private last: number;

  /** @param revision Of the last write before this history begins. */
  constructor(revision: number, limits: HistoryLimits = defaultLimits) {
    this.limits = limits;
    this.first = revision + 1;
    this.last = revision;
  }

  get revision(): number {
    return this.last;
  }

  /** Events of the resource after `revision`, oldest first; `undefined` when some are forgotten, or it is yet to come. */
  since(resource: string, revision: number): Iterable<StoreEvent> | undefined {
    if (revision + 1 < this.first || revision > this.last) return undefined;
    return this.range(resource, revision + 1);
  }

  /** Its revision must be the next one. Returns when all watchers were told, unless one of them did this write. */
  add(event: StoreEvent): void {
    if (event.revision - this.first >= this.limits.events) this.forget();
    this.ring[event.revision % this.limits.events] = event;
    this.last = event.revision;
    this.held += heldBy(event);
    while (this.held > this.limits.characters) this.forget();
    this.untold.push(event);
    if (!this.telling) this.tell();
  }

  /** See `Store.watch`. A throw of the listener at past events is the caller's, one at later events ends the watch. */
  watch(resource: string, revision: number, listener: Listener): Watch | undefined {
    const watcher: Watcher = { listener, seen: revision };
    for (;;) {
      const past = this.since(resource, watcher.seen);
      if (past === undefined) return undefined;
      const until = this.last;
      // A copy: a listener that writes may push what is being read out of the history.
      for (const event of Array.from(past)) listener(event);
      watcher.seen = until;
      if (until === this.last) break;
    }
    let watchers = this.watchers.get(resource);
    if (watchers === undefined) this.watchers.set(resource, (watchers = new Set()));
    watchers.add(watcher);
    return { stop: () => this.stop(resource, watcher) };
  }

  private stop(resource: string, watcher: Watcher): void {
    const watchers = this.watchers.get(resource);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.watchers.delete(resource);
  }

  private tell(): void {
    this.telling = true;
    for (let event = this.untold.shift(); event !== undefined; event = this.untold.shift()) {
      for (const watcher of this.watchers.get(event.row.resource) ?? []) {
        if (event.revision <= watcher.seen) continue;
        watcher.seen = event.revision;
        try {
          watcher.listener(event);
        } catch (error) {
          this.stop(event.row.resource, watcher);
          reportBug(error);
        }
      }
    }
    this.telling = false;
  }

  private forget(): void {
    const slot = this.first++ % this.limits.events;
    this.held -= heldBy(this.ring[slot]!);
    this.ring[slot] = undefined;
  }

  private *range(resource: string, from: number): Generator<StoreEvent, void> {
    for (let revision = from; revision <= this.last; revision++) {
      const event = this.ring[revision % this.limits.events]!;
      if (event.row.resource === resource) yield event;
    }
  }
}

function heldBy({ type, row, previous }: StoreEvent): number {
  return (previous?.text.length ?? 0) + (type === "DELETED" ? row.text.length : 0);
}
