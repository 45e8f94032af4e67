import { isJsonObject } from "../resources/json.ts";
import { apiVersionOf } from "../resources/kind.ts";
import { reportBug } from "../std/bug.ts";
import type { CacheChange, ObjectCache } from "./cache.ts";
import type { KubeClient } from "./client.ts";
import { failure, KubeError, stopped } from "./error.ts";
import type { Limiter } from "./limiter.ts";
import { compareVersions, type KubeObject, readObject } from "./object.ts";
import { between, pause } from "./pause.ts";
import { Recovery } from "./recovery.ts";
import { pathOf, queryOf, type ResourceType } from "./target.ts";
import { Watch, type WatchEvent } from "./watch.ts";
import type { WatchLimits } from "./watch-limits.ts";

/** What a list-watch is at: `absent` is a kind that is not served, `forbidden` one that is not for us. */
export type Phase =
  | "connecting"
  | "watching"
  | "absent"
  | "forbidden"
  | "unauthorized"
  | "failing"
  | "stopped";

/** What all list-watches of one server find out about it. */
export interface ServerTraits {
  /** It can be asked for objects and events in one; until it turns out that it cannot. */
  watchList: boolean;
}

export interface ListWatchOptions {
  readonly client: KubeClient;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly cache: ObjectCache;
  /** Holds back all but a few of those that read everything. */
  readonly limiter: Limiter;
  readonly limits: WatchLimits;
  readonly server: ServerTraits;
  /** Where the kind is served now; `undefined` when it is not. */
  locate(): Promise<ResourceType | undefined>;
  /** What is kept of an object. */
  transform(object: KubeObject): KubeObject;
  /** The cache has changed so. */
  onChanges(changes: readonly CacheChange[]): void;
  onPhase(phase: Phase, error: KubeError | undefined): void;
  /** The cache is what the server has, for the first time. */
  onSynced(): void;
}

const INITIAL_EVENTS_END = "k8s.io/initial-events-end";

/** Keeps a cache as the server has it, until it is stopped. Nothing that the server or the network does ends it. */
export class ListWatch {
  private readonly options: ListWatchOptions;
  private readonly controller = new AbortController();
  private readonly recovery: Recovery;
  private type: ResourceType | undefined;
  /** Up to where the cache has followed; `undefined` when it has to be read anew. */
  private version: string | undefined;
  private watch: Watch | undefined;

  constructor(options: ListWatchOptions) {
    this.options = options;
    this.recovery = new Recovery(options.limits);
  }

  /** Resolves after `stop`. */
  async run(): Promise<void> {
    const { signal } = this.controller;
    while (!signal.aborted) {
      const error = await this.round();
      if (signal.aborted) break;
      const verdict = this.recovery.after(error);
      if (verdict.forget) this.version = undefined;
      if (verdict.relocate) this.type = undefined;
      if (verdict.phase !== "watching") this.options.onPhase(verdict.phase, verdict.error);
      await pause(verdict.pause, signal).catch(() => undefined);
    }
    this.options.onPhase("stopped", undefined);
  }

  stop(): void {
    this.controller.abort(stopped());
  }

  /** Reads what has to be read and watches, until that ends. */
  private async round(): Promise<KubeError | undefined> {
    this.recovery.begin();
    try {
      if (await this.isServed()) {
        if (this.version === undefined && (await this.fill())) return undefined;
        await this.follow(undefined, () => undefined);
      }
      return undefined;
    } catch (error) {
      if (error instanceof KubeError) return error;
      reportBug(error);
      return failure("BadAnswer", String(error), error);
    } finally {
      this.watch = undefined;
    }
  }

  private async isServed(): Promise<boolean> {
    if (this.type !== undefined) return true;
    const type = await this.options.locate();
    if (type !== undefined) {
      this.type = type;
      return true;
    }
    // With the kind all of its objects are gone.
    this.version = undefined;
    this.emit(this.options.cache.replace([]));
    throw new KubeError(404, "KindNotServed", `The server has no ${this.options.kind}`);
  }

  /** Makes the cache what the server has; true when the watch that did it has come to its end as well. */
  private async fill(): Promise<boolean> {
    const release = await this.options.limiter.acquire(this.controller.signal);
    try {
      if (this.options.server.watchList) {
        const found = new Map<string, KubeObject>();
        try {
          await this.follow(found, release);
          if (this.version !== undefined) return true;
          this.options.server.watchList = false;
        } catch (error) {
          if (this.version !== undefined || !isRefusal(error, this.recovery.opened)) throw error;
          this.options.server.watchList = false;
        }
      }
      await this.list();
      return false;
    } finally {
      release();
    }
  }

  private async list(): Promise<void> {
    const { client, limits, labelSelector, fieldSelector } = this.options;
    const { items, resourceVersion } = await client.list(this.target, {
      limit: limits.page,
      labelSelector,
      fieldSelector,
      signal: this.controller.signal,
      tries: 1,
    });
    this.replace(items.map((item) => this.read(item)).filter((item) => item !== undefined));
    this.version = resourceVersion;
    this.options.onSynced();
  }

  /**
   * Watches until that ends.
   * @param found Collects the objects that are there, until the server says that those were all.
   * @param onFilled Called then.
   */
  private async follow(found: Map<string, KubeObject> | undefined, onFilled: () => void): Promise<void> {
    const { client, limits } = this.options;
    const lifetime = between(limits.lifetime, 2 * limits.lifetime);
    const quiet = between(limits.quiet, 1.25 * limits.quiet);
    let filling = found;
    this.watch = new Watch(client.transport, found === undefined ? quiet : limits.initialQuiet, {
      path: this.watchPath(found !== undefined, lifetime),
      signal: this.controller.signal,
      lifetime: lifetime + limits.grace,
      eventBytes: limits.eventBytes,
      onOpen: () => {
        this.recovery.opened = true;
        if (found === undefined) this.options.onPhase("watching", undefined);
      },
      onEvent: (event) => {
        if (filling === undefined) this.take(event);
        else if (this.collect(filling, event)) {
          filling = undefined;
          onFilled();
          this.watch?.setQuiet(quiet);
          this.options.onPhase("watching", undefined);
        }
      },
    });
    await this.watch.run();
  }

  /** True when that was the last of the objects that were there. */
  private collect(found: Map<string, KubeObject>, { type, object }: WatchEvent): boolean {
    if (type === "BOOKMARK") {
      const { metadata } = object;
      const annotations = isJsonObject(metadata) ? metadata["annotations"] : undefined;
      if (!isJsonObject(annotations) || annotations[INITIAL_EVENTS_END] !== "true") return false;
      this.replace(found.values());
      this.version = versionOf(object);
      this.recovery.progressed = true;
      this.options.onSynced();
      return true;
    }
    const read = this.readEvent({ type, object });
    if (read === undefined) return false;
    const key = `${read.metadata.namespace ?? ""}/${read.metadata.name}`;
    if (type === "DELETED") found.delete(key);
    else found.set(key, read);
    return false;
  }

  private take(event: WatchEvent): void {
    if (event.type === "BOOKMARK") {
      this.advance(versionOf(event.object));
      return;
    }
    const object = this.readEvent(event);
    if (object === undefined) return;
    const { cache } = this.options;
    const { resourceVersion } = object.metadata;
    if (event.type === "DELETED") {
      // Old servers send the last state with its old version.
      if (resourceVersion !== undefined && !this.isBehind(resourceVersion)) this.advance(resourceVersion);
      this.emit([cache.delete(object)]);
    } else {
      if (resourceVersion !== undefined) this.advance(resourceVersion);
      this.emit([cache.set(object)]);
    }
  }

  private advance(version: string): void {
    if (this.isBehind(version)) {
      // Its past has changed: it was restored from a backup. What we know may never have happened.
      throw new KubeError(410, "Expired", `The server went back from ${this.version} to ${version}`);
    }
    if (version !== this.version) this.recovery.progressed = true;
    this.version = version;
  }

  private isBehind(version: string): boolean {
    return this.version !== undefined && (compareVersions(version, this.version) ?? 0) < 0;
  }

  private readEvent({ type, object }: WatchEvent): KubeObject | undefined {
    // A type that does not exist yet: nothing that we asked for.
    if (type !== "ADDED" && type !== "MODIFIED" && type !== "DELETED") return undefined;
    const read = this.read(object);
    if (read === undefined) throw failure("BadAnswer", "The object of an event has no name");
    return read;
  }

  private read(value: unknown): KubeObject | undefined {
    const { group, version } = this.type!;
    const object = readObject(value, apiVersionOf(group, version), this.options.kind);
    return object === undefined ? undefined : this.options.transform(object);
  }

  private replace(objects: Iterable<KubeObject>): void {
    this.emit(this.options.cache.replace(objects));
  }

  private emit(changes: readonly (CacheChange | undefined)[]): void {
    const real = changes.filter((change) => change !== undefined);
    if (real.length > 0) this.options.onChanges(real);
  }

  private get target(): ResourceType & { readonly namespace: string | undefined } {
    return { ...this.type!, namespace: this.options.namespace };
  }

  private watchPath(initial: boolean, lifetime: number): string {
    const { labelSelector, fieldSelector } = this.options;
    const where = initial
      ? { sendInitialEvents: true, resourceVersionMatch: "NotOlderThan" }
      : { resourceVersion: this.version };
    const timeoutSeconds = Math.ceil(lifetime / 1000);
    return (
      pathOf(this.target) +
      queryOf({
        watch: true,
        allowWatchBookmarks: true,
        timeoutSeconds,
        labelSelector,
        fieldSelector,
        ...where,
      })
    );
  }
}

/** Whether a server cannot send objects and events in one: it says so, or never says that those were all. */
function isRefusal(error: unknown, opened: boolean): boolean {
  if (!(error instanceof KubeError)) return false;
  return [400, 405, 415, 422].includes(error.code) || (opened && error.reason === "TimedOut");
}

function versionOf({ metadata }: WatchEvent["object"]): string {
  const version = isJsonObject(metadata) ? metadata["resourceVersion"] : undefined;
  if (typeof version !== "string" || version === "") throw failure("BadAnswer", "A bookmark has no version");
  return version;
}
