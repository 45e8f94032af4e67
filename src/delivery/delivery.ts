import { randomBytes } from "node:crypto";
import { applyChange, emptyProgram, type ProgramChange, wholeProgram } from "../program/change.ts";
import type { Program } from "../program/program.ts";
import { type FloodCount, FloodTally } from "./flood-tally.ts";
import { Gate } from "./gate.ts";
import type { BindFailure } from "./message.ts";
import { type WorkerExit, WorkerProcess } from "./worker-process.ts";

export type { BindFailure } from "./message.ts";
export type { FloodCount } from "./flood-tally.ts";
export { receiveProgram } from "./receive.ts";
export { workerFlags, type WorkerExit } from "./worker-process.ts";

export interface WorkersOptions {
  readonly count: number;
  /** Script of a worker process and its arguments. */
  readonly command: readonly string[];
  /** Every worker runs this version from now on, but for the listeners that could not be bound. */
  onAcknowledged(ack: Acknowledged): void;
  /** A worker has died and is being replaced. */
  onWorkerExit(exit: WorkerExit): void;
  /** Workers have ended connections for floods. Called at most once in ten seconds, and when a drain is over. */
  onFloods(floods: readonly FloodCount[]): void;
}

/** Milliseconds between two calls of `onFloods`. */
const floodInterval = 10_000;

export interface Acknowledged {
  readonly version: number;
  readonly failures: readonly BindFailure[];
  /** `performance.now()`. */
  readonly at: number;
}

/** Ships every version of the program to a set of worker processes, and brings their acknowledgements back. */
export class Workers {
  private readonly options: WorkersOptions;
  private readonly workers = new Set<WorkerProcess>();
  private readonly gate: Gate;
  private readonly floods: FloodTally;
  private program: Program = emptyProgram;
  private version = -1;
  private announced: string | undefined;
  private draining = false;
  /** A session that one worker has begun is known to the others, and to those that take their place. */
  private readonly secret = randomBytes(32).toString("base64");

  constructor(options: WorkersOptions) {
    this.options = options;
    this.gate = new Gate((change) => this.ship(change));
    this.floods = new FloodTally(floodInterval, (floods) => options.onFloods(floods));
  }

  /** Process identifiers of the workers that run. */
  get pids(): readonly number[] {
    return [...this.workers].map((worker) => worker.pid);
  }

  /** Resolves when all workers are up. */
  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.options.count }, () => this.startWorker()));
  }

  /** Hands a change on. A new socket is first looked at: one that another program holds is not shared with it. */
  publish(change: ProgramChange): void {
    this.gate.pass(change);
  }

  /** Lets every worker finish what it has, for up to `deadline` milliseconds. Resolves to the connections that were cut. */
  async drain(deadline: number): Promise<{ readonly cut: number }> {
    this.draining = true;
    this.gate.close();
    const cuts = await Promise.all([...this.workers].map((worker) => worker.drain(deadline)));
    this.floods.flush();
    return { cut: cuts.reduce((sum, cut) => sum + cut, 0) };
  }

  /** Ends all workers at once. */
  kill(): void {
    this.draining = true;
    this.gate.close();
    for (const worker of this.workers) worker.kill();
  }

  private ship(change: ProgramChange): void {
    this.program = applyChange(this.program, change);
    for (const worker of this.workers) worker.send({ type: "change", change });
    this.announce();
  }

  private startWorker(): Promise<void> {
    const worker = new WorkerProcess(this.options.command, {
      onAcknowledged: () => this.announce(),
      onFloods: (floods) => {
        for (const flood of floods) this.floods.add(flood, flood.connections);
      },
      onExit: (exit) => {
        this.workers.delete(worker);
        if (this.draining) return;
        this.options.onWorkerExit(exit);
        worker.replaceAfterPause(() => {
          if (!this.draining) void this.startWorker();
        });
        this.announce();
      },
    });
    this.workers.add(worker);
    worker.send({ type: "begin", secret: this.secret, workers: this.options.count });
    // Changes that come while the process starts are queued behind this in its channel.
    worker.send({ type: "change", change: wholeProgram(this.program) });
    return worker.ready;
  }

  /** Tells, once, what all workers run by now. */
  private announce(): void {
    if (this.workers.size === 0) return;
    let version = Infinity;
    const failures = new Map<string, BindFailure>();
    for (const failure of this.gate.failures()) failures.set(failure.listener, failure);
    for (const worker of this.workers) {
      version = Math.min(version, worker.acknowledged);
      for (const failure of worker.failures) failures.set(failure.listener, failure);
    }
    if (version < 0) return;
    this.gate.acknowledged(version);
    // A socket that became free is shipped under the version that stands: it counts when every worker has it.
    const settled = [...this.workers].every((worker) => worker.settled);
    if (version === this.version && !settled) return;
    this.version = version;
    const news = `${version} ${[...failures.keys()].sort().join()}`;
    if (news === this.announced) return;
    this.announced = news;
    this.options.onAcknowledged({ version, failures: [...failures.values()], at: performance.now() });
  }
}
