import type { ResourceKey } from "../resources/resource.ts";
import type { FileEvent } from "./file-feed.ts";
import type { ChangedObject, ReadyEvent, RunEvent } from "./report/event.ts";
import type { Reporter } from "./reporter.ts";

/** Something that was read, and waits for the workers' acknowledgement before it is reported. */
export interface Step {
  /** Of the program that came of it. */
  readonly version: number;
  /** `performance.now()`. */
  readonly readAt: number;
  /** Edits of files that have come through with it. */
  readonly edits: readonly FileEvent[];
  readonly changed: readonly ChangedObject[];
  /** Nobody sends requests to what the next version does not know. */
  readonly retire: () => void;
}

/** What the first report says besides what the reporter and the steps know. */
export type Opening = Pick<
  ReadyEvent,
  "gatewright" | "workers" | "follow" | "elapsedMs" | "problems" | "kubeconfig"
>;

export interface ProgressOptions {
  readonly reporter: Reporter;
  readonly opening: () => Opening;
  readonly print: (event: RunEvent) => void;
}

/** How far the workers have come with what was read. They are reported together with it: everything at first, then what has changed. */
export class Progress {
  private readonly options: ProgressOptions;
  private pending: Step[] = [];
  private readonly early: Step[] = [];
  private readonly touched = new Set<ResourceKey>();
  private readonly known = new Set<ResourceKey>();
  private acknowledged = 0;
  private isStarted = false;
  private isStopping = false;
  private hasOpened = false;

  constructor(options: ProgressOptions) {
    this.options = options;
  }

  /** The first report was given. */
  get isReady(): boolean {
    return this.hasOpened;
  }

  /** Everything runs: reports may be given. */
  start(): void {
    this.isStarted = true;
    this.settle(performance.now());
  }

  /** No report is given any more. */
  stop(): void {
    this.isStopping = true;
  }

  /** Spec or status of the object is not what it was. */
  touch(key: ResourceKey): void {
    this.touched.add(key);
  }

  /** @param isThere Whether the object is there now. */
  describe(key: ResourceKey, isThere: boolean): ChangedObject {
    const [kind = "", namespace = "", name = ""] = key.split("/");
    const change = !isThere ? "removed" : this.known.has(key) ? "changed" : "added";
    if (isThere) this.known.add(key);
    else this.known.delete(key);
    return { change, kind, namespace, name };
  }

  add(step: Step): void {
    this.pending.push(step);
  }

  /** Edits that nothing has to come back for. */
  finish(edits: readonly FileEvent[]): void {
    const [first] = edits;
    if (first === undefined) return;
    const version = this.pending.at(-1)?.version ?? this.acknowledged;
    this.add({ version, readAt: first.readAt, edits, changed: [], retire: () => {} });
    this.settle(performance.now());
  }

  /** All workers have this version, since `at` (`performance.now()`). */
  acknowledge(version: number, at: number): void {
    this.acknowledged = version;
    this.settle(at);
  }

  /** Reports what the workers have by now. */
  settle(at: number): void {
    if (!this.isStarted) return;
    const done = this.pending.filter(({ version }) => version <= this.acknowledged);
    this.pending = this.pending.slice(done.length);
    for (const { retire } of done) retire();
    if (this.isStopping || (done.length === 0 && (this.pending.length > 0 || this.touched.size === 0)))
      return;
    if (this.hasOpened) return this.reportChange(done, at);
    // An edit may have come through before what was there at the start has.
    this.early.push(...done);
    if (this.pending.length === 0) this.reportReady(this.early);
  }

  private reportReady(done: readonly Step[]): void {
    this.hasOpened = true;
    this.touched.clear();
    const { print, opening, reporter } = this.options;
    print({
      event: "ready",
      version: this.acknowledged,
      ...opening(),
      ...reporter.whole(),
      skipped: done.flatMap(({ edits }) => edits.flatMap(({ skipped }) => skipped)),
    });
  }

  private reportChange(done: readonly Step[], at: number): void {
    const edits = done.flatMap((step) => step.edits);
    const since = edits[0]?.readAt ?? done[0]?.readAt;
    const difference = this.options.reporter.difference(new Set(this.touched));
    this.touched.clear();
    const changed = done.flatMap((step) => step.changed);
    const skipped = edits.flatMap((edit) => edit.skipped);
    const isSilent =
      changed.length + skipped.length === 0 && Object.values(difference).every((list) => list.length === 0);
    if (isSilent) return;
    this.options.print({
      event: "change",
      version: this.acknowledged,
      ...(since !== undefined && { elapsedMs: inTenths(at - since) }),
      files: edits.flatMap(({ files }) => files),
      changed,
      ...difference,
      skipped,
    });
  }
}

function inTenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
