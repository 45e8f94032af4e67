import type { Acknowledged } from "../delivery/delivery.ts";
import { Workers } from "../delivery/delivery.ts";
import { isEmptyChange } from "../program/change.ts";
import { features } from "../resources/feature.ts";
import type { ResourceKey } from "../resources/resource.ts";
import { openFiles, type FileSource, type SkippedKind, type SourceEvent } from "../source/source.ts";
import { StatusWriter } from "../status/status.ts";
import { Translator } from "../translate/translate.ts";
import { Addresses } from "./addresses.ts";
import { EchoServers } from "./echo/echo-servers.ts";
import { ImpliedClasses } from "./overlay/implied-classes.ts";
import { PlayedServices } from "./overlay/played-services.ts";
import type { RunOptions } from "./options.ts";
import { Placer } from "./placer.ts";
import { probeBind } from "./probe.ts";
import { ProblemBook } from "./problem-book.ts";
import type { ChangedObject, RunEvent } from "./report/event.ts";
import { Reporter } from "./reporter.ts";
import { View } from "./view.ts";

export interface SessionOptions extends RunOptions {
  readonly files: readonly string[];
  /** The script that is a worker when its first argument is `worker`. */
  readonly script: string;
  /** Of Gatewright. */
  readonly gatewright: string;
  readonly print: (event: RunEvent) => void;
}

/** What waits for the workers' acknowledgement before it is reported. */
interface Pending {
  readonly version: number;
  /** `performance.now()`. */
  readonly readAt: number;
  readonly files: readonly string[];
  readonly skipped: readonly SkippedKind[];
  readonly changed: readonly ChangedObject[];
  /** Nobody sends requests to what the next version does not know. */
  readonly retire: () => void;
}

/**
 * One `gatewright run`: files, overlays, translator, status and workers in one process. Events of the source
 * go through one after the other; a report follows when all workers have acknowledged what came of it.
 */
export class Session {
  private readonly options: SessionOptions;
  private readonly echoes = new EchoServers();
  private readonly classes: ImpliedClasses;
  private readonly services: PlayedServices;
  private readonly placer: Placer;
  private readonly translator = new Translator({
    accepts: () => true,
    supportedFeatures: features.map(({ name }) => name),
  });
  private readonly statuses: StatusWriter;
  private readonly workers: Workers;
  private readonly view: View;
  private readonly problems: ProblemBook;
  private readonly reporter: Reporter;
  private source: FileSource | undefined;
  private queue: Promise<void> = Promise.resolve();
  private pending: Pending[] = [];
  private touched = new Set<ResourceKey>();
  private readonly known = new Set<ResourceKey>();
  private acknowledged = 0;
  private isStarted = false;
  private isReady = false;
  private isStopping = false;

  constructor(options: SessionOptions) {
    this.options = options;
    const created = new Date().toISOString();
    this.classes = new ImpliedClasses(created);
    this.services = new PlayedServices({
      backends: options.backends,
      created,
      ...(options.echo && { openEcho: (port) => this.echoes.open(port) }),
    });
    const { address, portOffset } = options;
    const addresses = new Addresses({
      portOffset,
      probe: probeBind,
      ...(address !== undefined && { address }),
    });
    this.placer = new Placer(addresses);
    this.statuses = new StatusWriter({
      now: () => new Date(),
      emit: (patches) => patches.forEach(({ key }) => this.touched.add(key)),
    });
    this.workers = new Workers({
      count: options.workers,
      command: [options.script, "worker"],
      onAcknowledged: (ack) => this.acknowledge(ack),
      onWorkerExit: (exit) => options.print({ event: "worker-exit", ...exit }),
    });
    this.view = new View({ statuses: this.statuses.written, program: () => this.translator.program });
    this.problems = new ProblemBook();
    this.reporter = new Reporter({
      view: this.view,
      program: () => this.translator.program,
      played: () => this.services.played,
      notices: () => [...this.classes.implied.map(impliedNotice), ...this.placer.notices],
    });
  }

  /** Rejects when the files cannot be read at all. Resolves when everything runs; `ready` is printed later. */
  async start(): Promise<void> {
    const { files, follow } = this.options;
    const starting = this.workers.start();
    const source = await openFiles(files, {
      onEvent: (event) => this.enqueue(event),
      now: () => new Date(),
    });
    this.source = source;
    if (!follow) source.close();
    this.enqueue(source.first);
    await Promise.all([starting, this.queue]);
    this.isStarted = true;
    this.settle(performance.now());
  }

  /** Finishes what runs; resolves to the number of connections that were cut. */
  async stop(deadlineMs: number): Promise<number> {
    this.isStopping = true;
    this.source?.close();
    const { cut } = await this.workers.drain(deadlineMs);
    this.echoes.abort();
    return cut;
  }

  kill(): void {
    this.workers.kill();
  }

  private enqueue(event: SourceEvent): void {
    this.queue = this.queue.then(() => (this.isStopping ? undefined : this.take(event)));
  }

  private async take(event: SourceEvent): Promise<void> {
    const { changes: written } = event;
    const changed = written.map(({ key, object }) => describe(key, object !== undefined, this.known));
    this.view.note(written);
    const changes = await this.services.apply(this.classes.apply(written));
    const placements = await this.placer.place(this.view.gateways, written);
    const { change, statuses } = this.translator.apply({ changes, placements });
    for (const { key } of written) this.touched.add(key);
    this.statuses.want(statuses);
    const echoed = this.services.played.filter(({ by }) => by === "echo");
    const released = this.echoes.release(echoed);
    const retire = () => released.forEach((server) => server.close());
    const { readAt, files, skipped } = event;
    this.pending.push({ version: change.version, readAt, files, skipped, changed, retire });
    const problems = this.problems.update(event.problems, this.services.faults);
    if (problems !== undefined && this.isReady) this.options.print(problems);
    if (isEmptyChange(change)) this.settle(performance.now());
    else this.workers.publish(change);
  }

  private acknowledge({ version, failures, at }: Acknowledged): void {
    this.acknowledged = version;
    this.statuses.acknowledged(version, failures);
    this.settle(at);
  }

  /** Reports what the workers have by now. */
  private settle(at: number): void {
    if (!this.isStarted) return;
    const done = this.pending.filter(({ version }) => version <= this.acknowledged);
    this.pending = this.pending.slice(done.length);
    for (const { retire } of done) retire();
    if (this.isStopping || (done.length === 0 && (this.pending.length > 0 || this.touched.size === 0)))
      return;
    if (this.isReady) this.reportChange(done, at);
    else if (done.length > 0) this.reportReady(done);
  }

  private reportReady(done: readonly Pending[]): void {
    this.isReady = true;
    this.touched.clear();
    this.options.print({
      event: "ready",
      gatewright: this.options.gatewright,
      version: this.acknowledged,
      workers: this.options.workers,
      follow: this.options.follow,
      elapsedMs: Math.round(performance.now()),
      ...this.reporter.whole(),
      problems: this.problems.problems,
      skipped: done.flatMap(({ skipped }) => skipped),
    });
  }

  private reportChange(done: readonly Pending[], at: number): void {
    const touched = new Set(this.touched);
    this.touched.clear();
    const [first] = done;
    const difference = this.reporter.difference(touched);
    const changed = done.flatMap((pending) => pending.changed);
    const skipped = done.flatMap((pending) => pending.skipped);
    const isSilent =
      changed.length + skipped.length === 0 && Object.values(difference).every((list) => list.length === 0);
    if (isSilent) return;
    this.options.print({
      event: "change",
      version: this.acknowledged,
      ...(first !== undefined && { elapsedMs: inTenths(at - first.readAt) }),
      files: done.flatMap(({ files }) => files),
      changed,
      ...difference,
      skipped,
    });
  }
}

/** `known` is kept up to date. */
function describe(key: ResourceKey, isThere: boolean, known: Set<ResourceKey>): ChangedObject {
  const [kind = "", namespace = "", name = ""] = key.split("/");
  const change = !isThere ? "removed" : known.has(key) ? "changed" : "added";
  if (isThere) known.add(key);
  else known.delete(key);
  return { change, kind, namespace, name };
}

function impliedNotice(name: string): string {
  return `GatewayClass ${name} is not defined in the files; it is implied`;
}

function inTenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
