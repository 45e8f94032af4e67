import cluster, { type Worker } from "node:cluster";
import { Backoff } from "../std/backoff.ts";
import type { FloodCount } from "./flood-tally.ts";
import type { BindFailure, FromProxy, ToProxy } from "./message.ts";

export interface WorkerExit {
  readonly pid: number;
  readonly code: number | null;
  readonly signal: string | null;
}

interface WorkerEvents {
  onAcknowledged(): void;
  onFloods(floods: readonly FloodCount[]): void;
  onExit(exit: WorkerExit): void;
}

/**
 * Node's flags for a worker. Nearly all that a request allocates is dead when it is answered; with 16 MiB of room for the young there are
 * fewer collections and less that survives one: 1.11 instead of 1.16 times nginx's CPU for a keep-alive request, measured in two runs after
 * each other.
 */
export const workerFlags: readonly string[] = ["--min-semi-space-size=16", "--max-semi-space-size=32"];

/** A worker that lives this long was not dying of what it was given. Milliseconds. */
const healthyAfter = 10_000;

/** A worker that dies at once is replaced at once the first time, then ever more slowly. */
const restarts = new Backoff(100, 5_000);

/** One proxy process and the channel to it. */
export class WorkerProcess {
  /** Version that it runs; -1 before the first. */
  acknowledged = -1;
  failures: readonly BindFailure[] = [];
  private outstanding = 0;
  /** What is to be sent when the process listens; undefined once it does. */
  private queue: ToProxy[] | undefined = [];
  /** Settles when the process talks, or is gone. */
  readonly ready: Promise<void>;
  private readonly worker: Worker;
  private readonly started = performance.now();
  private drained: ((cut: number) => void) | undefined;

  constructor(command: readonly string[], events: WorkerEvents) {
    const [exec = "", ...args] = command;
    // The kernel shares out connections where workers cannot have sockets of their own.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    const execArgv = [...process.execArgv, ...workerFlags];
    cluster.setupPrimary({ exec, args, execArgv, serialization: "json" });
    this.worker = cluster.fork();
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.worker.on("message", (message: FromProxy) => {
      switch (message.type) {
        case "listening":
          for (const waiting of this.queue ?? []) this.worker.send(waiting);
          this.queue = undefined;
          return ready.resolve();
        case "floods":
          return events.onFloods(message.floods);
        case "drained":
          return this.drained?.(message.cut);
        case "ack":
          this.outstanding--;
          this.acknowledged = message.version;
          this.failures = message.failures;
          return events.onAcknowledged();
      }
    });
    // A write to a process that has just died: its exit says the same.
    this.worker.on("error", () => undefined);
    this.worker.on("exit", (code, signal) => {
      ready.resolve();
      this.drained?.(0);
      events.onExit({ pid: this.pid, code, signal });
    });
  }

  get pid(): number {
    return this.worker.process.pid ?? -1;
  }

  /** Whether it runs everything that it was sent. */
  get settled(): boolean {
    return this.outstanding === 0;
  }

  send(message: ToProxy): void {
    if (!this.worker.isConnected()) return;
    if (message.type === "change") this.outstanding++;
    if (this.queue === undefined) this.worker.send(message);
    else this.queue.push(message);
  }

  /** Resolves to the number of connections that were cut, when the process is done or gone. */
  drain(deadline: number): Promise<number> {
    return new Promise((resolve) => {
      const kill = setTimeout(() => this.kill(), deadline + 2_000).unref();
      this.drained = (cut) => {
        clearTimeout(kill);
        resolve(cut);
      };
      if (this.worker.isDead()) resolve(0);
      else this.send({ type: "drain", deadline });
    });
  }

  kill(): void {
    this.worker.process.kill("SIGKILL");
  }

  /** Calls back when a successor should start. */
  replaceAfterPause(start: () => void): void {
    if (performance.now() - this.started >= healthyAfter) restarts.reset();
    const pause = restarts.next();
    if (pause <= 100) start();
    else setTimeout(start, pause);
  }
}
