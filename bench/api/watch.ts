import { KubeConfig, Watch } from "@kubernetes/client-node";
import type { Address } from "./client.ts";

interface Watched {
  readonly metadata: { readonly resourceVersion: string };
}

/** A watch by the official client for JavaScript. */
export class Watcher {
  /** Objects that were there when the watch began. */
  initial = 0;
  /** Resolves when all of those have come. */
  readonly isSynced: Promise<void>;
  /** `performance.now()` when a revision was seen, for those seen since the start. */
  private readonly seen = new Map<string, number>();
  private readonly waiting = new Map<string, (at: number) => void>();
  private synced: () => void = () => {};
  private failed: (error: unknown) => void = () => {};
  private controller: AbortController | undefined;

  constructor() {
    this.isSynced = new Promise((resolve, reject) => {
      this.synced = resolve;
      this.failed = reject;
    });
    this.isSynced.catch(() => {});
  }

  async start({ url, ca, token }: Address, path: string): Promise<void> {
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [
        { name: "bench", server: url, caData: Buffer.from(ca).toString("base64"), skipTLSVerify: false },
      ],
      users: [{ name: "bench", token }],
      contexts: [{ name: "bench", cluster: "bench", user: "bench" }],
      currentContext: "bench",
    });
    const query = {
      sendInitialEvents: true,
      resourceVersionMatch: "NotOlderThan",
      allowWatchBookmarks: true,
    };
    this.controller = await new Watch(config).watch(
      path,
      query,
      (type: string, object: Watched) => this.take(type, object),
      (error: unknown) => this.failed(error ?? new Error("the watch ended")),
    );
  }

  /** When the event of this revision came. */
  whenSeen(revision: string): Promise<number> {
    const at = this.seen.get(revision);
    if (at !== undefined) return Promise.resolve(at);
    return new Promise((resolve) => this.waiting.set(revision, resolve));
  }

  stop(): void {
    this.controller?.abort();
  }

  private take(type: string, { metadata }: Watched): void {
    const now = performance.now();
    if (type === "ADDED") this.initial++;
    else if (type === "BOOKMARK") this.synced();
    else {
      this.seen.set(metadata.resourceVersion, now);
      this.waiting.get(metadata.resourceVersion)?.(now);
    }
  }
}
