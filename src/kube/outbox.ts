import type { ResourceKey } from "../resources/resource.ts";
import { reportBug } from "../std/bug.ts";
import type { KubeObject } from "./object.ts";

/** One object appeared or changed (`object` set), or is gone (`object` absent). */
export interface ClusterChange {
  readonly kind: string;
  /** `KIND/NAMESPACE/NAME`. */
  readonly key: ResourceKey;
  readonly object?: KubeObject;
}

/** What has changed since the batch before: every object once, in its last state. */
export interface ClusterBatch {
  readonly changes: readonly ClusterChange[];
  /** All that was there at the start; comes even when there is nothing. */
  readonly first: boolean;
}

/**
 * Collects changes and hands them over once per turn. While the receiver is busy they are collected on, one per object:
 * a slow receiver skips states, and never holds more than there are objects.
 */
export class Outbox {
  private readonly deliver: (batch: ClusterBatch) => void | Promise<void>;
  private pending = new Map<ResourceKey, ClusterChange>();
  private state: "closed" | "held" | "first" | "open" = "held";
  private busy = false;
  private scheduled: NodeJS.Immediate | undefined;

  constructor(deliver: (batch: ClusterBatch) => void | Promise<void>) {
    this.deliver = deliver;
  }

  add(changes: readonly ClusterChange[]): void {
    for (const change of changes) this.pending.set(change.key, change);
    this.schedule();
  }

  /** From now on batches are delivered, beginning with the first. */
  open(): void {
    if (this.state !== "held") return;
    this.state = "first";
    this.schedule();
  }

  /** Nothing is delivered any more. */
  close(): void {
    this.state = "closed";
    clearImmediate(this.scheduled);
    this.pending.clear();
  }

  private schedule(): void {
    if (this.scheduled !== undefined || this.busy) return;
    if (this.state === "held" || this.state === "closed") return;
    this.scheduled = setImmediate(() => {
      this.scheduled = undefined;
      void this.flush();
    });
  }

  private async flush(): Promise<void> {
    const first = this.state === "first";
    if (this.pending.size === 0 && !first) return;
    const changes = [...this.pending.values()];
    this.pending = new Map();
    this.state = "open";
    this.busy = true;
    try {
      await this.deliver({ changes, first });
    } catch (error) {
      reportBug(error);
    }
    this.busy = false;
    if (this.pending.size > 0) this.schedule();
  }
}
