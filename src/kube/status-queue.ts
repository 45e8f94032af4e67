import type { JsonObject } from "../resources/json.ts";
import type { KubeClient, Patch } from "./client.ts";
import { KubeError } from "./error.ts";
import { pathOf, type Target } from "./target.ts";
import { WorkQueue, type WorkQueueOptions } from "./work-queue.ts";

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

export interface StatusQueueOptions extends Omit<WorkQueueOptions<StatusWrite>, "work"> {
  readonly client: KubeClient;
  /** Given up: the server will not take it, ever. Not called for objects that are gone. */
  onRefused(write: StatusWrite, error: KubeError): void;
}

/** Times that somebody may be faster than us before we make a pause. */
const MAX_CONFLICTS = 5;

/** Writes statuses, the latest wish for every object, a few at a time, until the server has taken or refused it. */
export class StatusQueue {
  private readonly options: StatusQueueOptions;
  /** By path. */
  private readonly queue: WorkQueue<StatusWrite>;

  constructor(options: StatusQueueOptions) {
    this.options = options;
    this.queue = new WorkQueue({
      ...options,
      work: (write, isLatest, signal) => this.write(write, isLatest, signal),
    });
  }

  /** Objects that have something to write. */
  get size(): number {
    return this.queue.size;
  }

  /** Replaces what was wanted for this object and is not written yet. */
  put(write: StatusWrite): void {
    this.queue.put(pathOf(write.target, "status"), write);
  }

  /** Forgets what is wanted for an object that is gone, or no longer ours. */
  drop(target: Target): void {
    this.queue.drop(pathOf(target, "status"));
  }

  /** Resolves when nothing is left to write. */
  idle(): Promise<void> {
    return this.queue.idle();
  }

  /** Ends what is under way; nothing is written any more. */
  close(): void {
    this.queue.close();
  }

  private async write(
    write: StatusWrite,
    isLatest: () => boolean,
    signal: AbortSignal,
  ): Promise<KubeError | undefined> {
    const { client } = this.options;
    let { patch } = write;
    for (let conflicts = 0; ;) {
      try {
        await client.patchStatus(write.target, patch, { signal, tries: 1 });
        return undefined;
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        if (error.code === 404 || !isLatest()) return undefined;
        if (error.code !== 409 || write.recompute === undefined) return this.judge(write, error);
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
    // Rights are often granted a moment after their user has started.
    if (error.mayPass || error.code === 403) return error;
    this.options.onRefused(write, error);
    return undefined;
  }
}
