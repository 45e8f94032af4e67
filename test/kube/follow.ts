import type { TestContext } from "node:test";
import { KubeClient } from "../../src/kube/client.ts";
import { Cluster, type ClusterOptions, type ClusterState } from "../../src/kube/cluster.ts";
import { connectTo } from "../../src/kube/connect.ts";
import type { Connection } from "../../src/kube/connection.ts";
import type { ClusterBatch, ClusterChange } from "../../src/kube/outbox.ts";
import type { KubeObject } from "../../src/kube/object.ts";
import type { RequestLimits } from "../../src/kube/request.ts";
import type { WatchLimits } from "../../src/kube/watch-limits.ts";
import type { ApiServer } from "./server.ts";

export const widget = { kind: "Widget", group: "example.test", versions: ["v1"], plural: "widgets" };

/** Short pauses; everything that a test is not about is far away. */
const limits: Partial<WatchLimits> = {
  retryFirst: 4,
  retryMost: 20,
  reopen: 1,
  slowRetry: 10,
  discovery: 5,
  healthy: 0,
};

export interface Options extends Partial<Omit<ClusterOptions, "client" | "limits">> {
  readonly limits?: Partial<WatchLimits>;
  readonly requestLimits?: Partial<RequestLimits>;
  readonly connection?: Partial<Connection>;
}

/** A cluster that is followed, and everything that has been said about it. */
export class Followed {
  readonly client: KubeClient;
  readonly cluster: Cluster;
  readonly batches: ClusterBatch[] = [];
  readonly states: ClusterState[] = [];
  /** What a receiver of the batches believes is there. */
  readonly objects = new Map<string, KubeObject>();
  private readonly waiting = new Set<() => void>();

  constructor(t: TestContext, server: ApiServer, options: Options = {}) {
    const connection = { ...connectTo({ server: server.url }), ...options.connection };
    this.client = new KubeClient(connection, options.requestLimits);
    this.cluster = new Cluster({
      kinds: [widget],
      ...options,
      client: this.client,
      limits: { ...limits, ...options.limits },
      onChanges: (batch) => {
        this.batches.push(batch);
        for (const { key, object } of batch.changes) {
          if (object === undefined) this.objects.delete(key);
          else this.objects.set(key, object);
        }
        this.wake();
        return options.onChanges?.(batch);
      },
      onState: (state) => {
        this.states.push(state);
        this.wake();
      },
    });
    t.after(() => this.close());
  }

  get changes(): readonly ClusterChange[] {
    return this.batches.flatMap((batch) => batch.changes);
  }

  /** Names of the objects that are there, in order. */
  get names(): readonly string[] {
    return [...this.objects.values()].map(({ metadata }) => metadata.name).sort();
  }

  get phase(): string | undefined {
    return this.cluster.state.kinds.get("Widget")?.phase;
  }

  /** Looks after every batch and every state. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  async close(): Promise<void> {
    await this.cluster.close();
    this.client.close();
  }

  private wake(): void {
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }
}
