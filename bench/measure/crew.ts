import { startBackend, startNodeBackend, type Backend } from "../load/backend.ts";
import { verify } from "../load/verify.ts";
import { runWrk, writeScript } from "../load/wrk.ts";
import {
  findPort,
  makeDirectory,
  proxyCpu,
  startProcess,
  stopProcess,
  waitForPort,
  type Process,
} from "../machine/processes.ts";
import type { Contender, Work } from "../scenario/scenario.ts";
import type { Setup } from "../subject/setup.ts";

/** A contender that runs. */
export interface Runner {
  readonly contender: Contender;
  readonly process: Process;
  readonly port: number;
  readonly backend: Backend;
  readonly script: string;
}

/** Starts contenders with the backends that they need, and stops them all. */
export class Crew {
  private readonly backends = new Map<"usual" | "upload", Promise<Backend>>();
  private readonly scripts = new Map<Work, string>();
  private readonly runners = new Set<Runner>();

  /** Rejects when the contender does not start, or does not do what the others do. */
  async start(contender: Contender): Promise<Runner> {
    const { subject, work } = contender;
    const backend = await this.backendFor(work);
    const port = await findPort();
    const setup: Setup = {
      port,
      upstreamPort: backend.port,
      routes: work.routes,
      ...(work.edits !== undefined && { edits: work.edits }),
    };
    const directory = makeDirectory();
    const process = startProcess(subject.prepare(setup, directory), proxyCpu, directory);
    const runner = { contender, process, port, backend, script: this.scriptFor(work) };
    this.runners.add(runner);
    try {
      await waitForPort(port, process);
      await verify(setup);
    } catch (error) {
      await this.stop(runner);
      throw error;
    }
    return runner;
  }

  /** With the traffic that is measured, for as many seconds as the subject needs; whole. */
  async warmUp({ contender, script, port }: Runner, most = Infinity): Promise<void> {
    const { subject, work } = contender;
    await runWrk(script, work.load, port, Math.min(subject.warmUp, most));
  }

  async stop(runner: Runner): Promise<void> {
    this.runners.delete(runner);
    await stopProcess(runner.process);
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.runners].map((runner) => this.stop(runner)));
    const backends = await Promise.all(this.backends.values());
    this.backends.clear();
    await Promise.all(backends.map(({ process }) => stopProcess(process)));
  }

  private backendFor({ upload }: Work): Promise<Backend> {
    const kind = upload === true ? "upload" : "usual";
    const known = this.backends.get(kind);
    if (known !== undefined) return known;
    const started = upload === true ? startNodeBackend() : startBackend();
    this.backends.set(kind, started);
    return started;
  }

  private scriptFor(work: Work): string {
    const known = this.scripts.get(work);
    if (known !== undefined) return known;
    const script = writeScript(work.load);
    this.scripts.set(work, script);
    return script;
  }
}
