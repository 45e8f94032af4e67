import { Backoff } from "../std/backoff.ts";
import { reportBug } from "../std/bug.ts";
import type { JsonObject } from "../resources/json.ts";
import type { KubeClient, Patch } from "./client.ts";
import { KubeError, stopped } from "./error.ts";
import { pause } from "./pause.ts";
import { Scope } from "./scope.ts";
import { pathOf, type Target } from "./target.ts";

/** A status that somebody wants an object to have. */
export interface StatusWrite {
  /** With a name. */
  readonly target: Target;
  /** A merge patch with `metadata.resourceVersion` in it is refused when the object has changed since. */
  readonly patch: Patch;
  /**
   * After such a refusal: the patch for the object as it is now; `undefined` when nothing is left to write. Without this
   * function the write is given up.
   */
  recompute?(current: JsonObject): Patch | undefined;
}

export interface StatusQueueOptions {
  readonly client: KubeClient;
  /** Given up: the server will not take it, ever. Not called for objects that are gone. */
  onRefused(write: StatusWrite, error: KubeError): void;
  /** Could not be written yet, and is tried again. */
  onDelayed?(write: StatusWrite, error: KubeError): void;
  readonly concurrency?: number;
  /** Milliseconds of the first pause after a failure, and of the longest. */
  readonly retryFirst?: number;
  readonly retryMost?: number;
}

const CONCURRENCY = 8;
const RETRY_FIRST = 500;
const RETRY_MOST = 30_000;
/** Times that somebody may be faster than us before we make a pause. */
const MAX_CONFLICTS = 5;

interface Lane {
  /** What is wanted now; a newer wish replaces it. */
  next: StatusWrite | undefined;
  /** Ends the pause before another try: there is a newer wish. */
  hurry: AbortController | undefined;
}

/** Writes statuses, the latest wish for every object, a few at a time, until the server has taken or refused it. */
export class StatusQueue {
  private readonly options: StatusQueueOptions;
  /** By path; a lane exists while its object has something to write. */
  private readonly lanes = new Map<string, Lane>();
  private readonly ready: string[] = [];
  private readonly controller = new AbortController();
  private readonly idleWaiters: (() => void)[] = [];
  private busy = 0;

  constructor(options: StatusQueueOptions) {
    this.options = options;
  }

  /** Objects that have something to write. */
  get size(): number {
    return this.lanes.size;
  }

  /** Replaces what was wanted for this object and is not written yet. */
  put(write: StatusWrite): void {
    if (this.controller.signal.aborted) return;
    const path = pathOf(write.target, "status");
    const lane = this.lanes.get(path);
    if (lane !== undefined) {
      lane.next = write;
      lane.hurry?.abort();
      return;
    }
    this.lanes.set(path, { next: write, hurry: undefined });
    this.ready.push(path);
    this.work();
  }

  /** Forgets what is wanted for an object that is gone, or no longer ours. */
  drop(target: Target): void {
    const lane = this.lanes.get(pathOf(target, "status"));
    if (lane === undefined) return;
    lane.next = undefined;
    lane.hurry?.abort();
  }

  /** Resolves when nothing is left to write. */
  idle(): Promise<void> {
    if (this.lanes.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.idleWaiters.push(resolve));
  }

  /** Ends what is under way; nothing is written any more. */
  close(): void {
    this.controller.abort(stopped());
    this.ready.length = 0;
    for (const lane of this.lanes.values()) lane.next = undefined;
    this.lanes.clear();
    this.noteIdle();
  }

  private work(): void {
    while (this.busy < (this.options.concurrency ?? CONCURRENCY) && this.ready.length > 0) {
      const path = this.ready.shift()!;
      this.busy++;
      const lane = this.lanes.get(path)!;
      void this.serve(lane).then(() => {
        this.busy--;
        // A wish can come after the lane has looked for the last time.
        if (lane.next === undefined) this.lanes.delete(path);
        else this.ready.push(path);
        this.noteIdle();
        this.work();
      });
    }
  }

  private async serve(lane: Lane): Promise<void> {
    const backoff = new Backoff(this.options.retryFirst ?? RETRY_FIRST, this.options.retryMost ?? RETRY_MOST);
    while (lane.next !== undefined && !this.controller.signal.aborted) {
      const write = lane.next;
      const error = await this.write(write, lane).catch(reportBug);
      if (error === undefined) {
        backoff.reset();
        if (lane.next === write) lane.next = undefined;
        continue;
      }
      if (lane.next !== write) continue;
      this.options.onDelayed?.(write, error);
      lane.hurry = new AbortController();
      const told = Math.min(error.retryAfterSeconds ?? 0, 300) * 1000;
      const time = Math.max(told, backoff.next());
      const scope = new Scope([lane.hurry.signal, this.controller.signal]);
      await pause(time, scope.signal).catch(() => undefined);
      scope.close();
      lane.hurry = undefined;
    }
  }

  /** Resolves to the error after which it makes sense to try again. */
  private async write(write: StatusWrite, lane: Lane): Promise<KubeError | undefined> {
    const { client } = this.options;
    const { signal } = this.controller;
    let { patch } = write;
    for (let conflicts = 0; ;) {
      try {
        await client.patchStatus(write.target, patch, { signal, tries: 1 });
        return undefined;
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        if (signal.aborted || error.code === 404) return undefined;
        if (lane.next !== write) return undefined;
        if (error.code !== 409) return this.judge(write, error);
        if (write.recompute === undefined) return this.judge(write, error);
        if (++conflicts > MAX_CONFLICTS) return error;
      }
      const again = await this.recompute(write, signal);
      if (again === undefined || again instanceof KubeError) return again;
      patch = again;
    }
  }

  private async recompute(write: StatusWrite, signal: AbortSignal): Promise<Patch | KubeError | undefined> {
    try {
      return write.recompute?.(await this.options.client.get(write.target, signal));
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      return error.code === 404 ? undefined : this.judge(write, error);
    }
  }

  private judge(write: StatusWrite, error: KubeError): KubeError | undefined {
    // 401 and 403 too: rights are often granted a moment after their user has started.
    if ([0, 401, 403, 429].includes(error.code) || error.code >= 500) return error;
    this.options.onRefused(write, error);
    return undefined;
  }

  private noteIdle(): void {
    if (this.lanes.size > 0) return;
    for (const resolve of this.idleWaiters.splice(0)) resolve();
  }
}
