import type { ApiServer } from "../apiserver/apiserver.ts";
import type { Acknowledged, FloodCount } from "../delivery/delivery.ts";
import { Workers } from "../delivery/delivery.ts";
import { isEmptyChange } from "../program/change.ts";
import type { ListenerBind } from "../program/program.ts";
import type { Gateway } from "../resources/gateway/gateway.ts";
import type { ResourceKey } from "../resources/resource.ts";
import { kinds } from "../resources/kinds.ts";
import {
  ClusterSource,
  openFiles,
  type ClusterEvent,
  type FileSource,
  type SourceEvent,
} from "../source/source.ts";
import { StatusPublisher, StatusWriter, type StatusPatch } from "../status/status.ts";
import { readKinds, Translator } from "../translate/translate.ts";
import { Addresses } from "./addresses.ts";
import { ClusterPorts } from "./cluster-ports.ts";
import { ClusterServices } from "./cluster-services.ts";
import { EchoServers } from "./echo/echo-servers.ts";
import { FileFeed, type FileEvent } from "./file-feed.ts";
import { openHome, type ResourceHome } from "./resource-home.ts";
import { controllerName as ownController, ImpliedClasses } from "./overlay/implied-classes.ts";
import { PlayedServices } from "./overlay/played-services.ts";
import type { ObjectFault } from "./object-fault.ts";
import type { RunOptions } from "./options.ts";
import { Placer } from "./placer.ts";
import { probeBind } from "./probe.ts";
import { ProblemBook } from "./problem-book.ts";
import type { FloodReport, RunEvent } from "./report/event.ts";
import { type Opening, Progress } from "./progress.ts";
import { Reporter } from "./reporter.ts";
import { supportedFeatures } from "./supported-features.ts";
import { View } from "./view.ts";

export interface SessionOptions extends RunOptions {
  readonly files: readonly string[];
  /** The script that is a worker when its first argument is `worker`. */
  readonly script: string;
  /** Of Gatewright. */
  readonly gatewright: string;
  readonly print: (event: RunEvent) => void;
}

const nobody: ReadonlySet<ResourceKey> = new Set();

/** Owner of the fields that files give. */
const FILE_MANAGER = "gatewright-files";

const followedKinds = kinds.filter(({ kind, group }) => readKinds.has(`${kind}.${group}`));

/**
 * One `gatewright run`: files go into the API server, what it holds comes back through the source, and overlays,
 * translator, status and workers make traffic of it. Events go through one after the other; a report follows when
 * all workers have acknowledged what came of them.
 */
export class Session {
  private readonly options: SessionOptions;
  private readonly echoes = new EchoServers();
  private readonly classes: ImpliedClasses;
  private readonly services: PlayedServices;
  /** Of this machine, as the pods of the cluster reach it. */
  private readonly clusterAddress: string | undefined;
  private readonly placer: Placer;
  private readonly translator: Translator;
  private readonly statuses: StatusWriter;
  private readonly workers: Workers;
  private readonly view: View;
  private readonly problems: ProblemBook;
  private readonly progress: Progress;
  private home: ResourceHome | undefined;
  private feed: FileFeed | undefined;
  private files: FileSource | undefined;
  private source: ClusterSource | undefined;
  private publisher: StatusPublisher | undefined;
  private clusterServices: ClusterServices | undefined;
  private fileProblems: SourceEvent["problems"] = [];
  private clusterFaults: readonly ObjectFault[] = [];
  /** What was there at the start is translated. */
  private readonly begun = Promise.withResolvers<void>();
  private isStopping = false;

  constructor(options: SessionOptions) {
    this.options = options;
    const created = new Date().toISOString();
    this.classes = new ImpliedClasses(created);
    const isCluster = options.api.home === "cluster";
    this.services = new PlayedServices({
      backends: options.backends,
      followsAnnotations: !isCluster,
      created,
      ...(options.echo && { openEcho: (port) => this.echoes.open(port) }),
    });
    const { address, portOffset } = options;
    const addresses = new Addresses({
      portOffset,
      probe: probeBind,
      ...(address !== undefined && { address }),
    });
    this.clusterAddress = options.api.home === "cluster" ? options.api.address : undefined;
    const wayIn = this.clusterAddress !== undefined && {
      ports: new ClusterPorts(this.clusterAddress, probeBind),
      clusterIPs: (gateway: Gateway) => this.clusterServices?.clusterIPs(gateway) ?? [],
    };
    this.placer = new Placer(addresses, wayIn || undefined);
    this.translator = new Translator({
      accepts: (controllerName) => !isCluster || controllerName === ownController,
      supportedFeatures: [],
      barred: isCluster ? "special and loopback" : "special",
      ...(options.trustedProxies !== undefined && { trustedProxies: options.trustedProxies }),
    });
    this.statuses = new StatusWriter({ now: () => new Date(), emit: (patches) => this.emit(patches) });
    this.workers = new Workers({
      count: options.workers,
      command: [options.script, "worker"],
      onAcknowledged: (ack) => this.acknowledge(ack),
      onWorkerExit: (exit) => options.print({ event: "worker-exit", ...exit }),
      onFloods: (floods) =>
        options.print({ event: "flood", floods: floods.map((flood) => this.locate(flood)) }),
    });
    this.view = new View({ statuses: this.statuses.written, program: () => this.translator.program });
    this.problems = new ProblemBook();
    const reporter = new Reporter({
      view: this.view,
      program: () => this.translator.program,
      played: () => this.services.played,
      notices: () => [...this.classes.implied.map(impliedNotice), ...this.placer.notices],
    });
    this.progress = new Progress({ reporter, opening: () => this.opening(), print: options.print });
  }

  /** Rejects when the files or the API cannot be used at all. Resolves when everything runs; `ready` is printed later. */
  async start(): Promise<void> {
    const starting = this.workers.start();
    const home = await openHome(this.options.api, this.options.gatewright);
    this.home = home;
    if (home.server !== undefined) await this.feedFiles(home.server);
    const source = new ClusterSource({
      client: home.client,
      kinds: followedKinds,
      trust: home.server === undefined ? "unchecked" : "checked",
      onEvent: (event) => this.take(event),
    });
    this.source = source;
    this.publisher = new StatusPublisher({
      client: home.client,
      find: (key) => source.find(key),
      onRefused: (key, message) => this.refuse(key, message),
    });
    if (this.clusterAddress !== undefined) {
      this.clusterServices = new ClusterServices({
        client: home.client,
        source,
        onFaults: () => this.noteProblems(),
      });
    }
    await Promise.all([starting, this.begun.promise]);
    this.progress.start();
  }

  /** Finishes what runs; resolves to the number of connections that were cut. */
  async stop(deadlineMs: number): Promise<number> {
    this.isStopping = true;
    this.progress.stop();
    this.files?.close();
    const { cut } = await this.workers.drain(deadlineMs);
    this.echoes.abort();
    await this.source?.close();
    this.publisher?.close();
    this.clusterServices?.close();
    await this.home?.close();
    return cut;
  }

  kill(): void {
    this.workers.kill();
    void this.home?.close();
  }

  private async feedFiles(server: ApiServer): Promise<void> {
    const { files, follow } = this.options;
    const feed = new FileFeed(server.ownership(FILE_MANAGER), new Set(followedKinds.map(({ kind }) => kind)));
    this.feed = feed;
    if (files.length === 0) return feed.begin([]);
    const source = await openFiles(files, {
      onEvent: (event) => this.takeFiles(event, feed),
      now: () => new Date(),
    });
    this.files = source;
    if (!follow) source.close();
    feed.begin(source.first.changes);
    this.takeFiles(source.first, feed);
  }

  private takeFiles(event: SourceEvent, feed: FileFeed): void {
    if (this.isStopping) return;
    this.fileProblems = event.problems;
    feed.put(event);
    this.noteProblems();
    // An edit that changes nothing that is followed has come through already.
    this.progress.finish(this.arrived());
  }

  private async take({ changes: written, versions, problems, readAt }: ClusterEvent): Promise<void> {
    const { source } = this;
    if (this.isStopping || source === undefined) return;
    const moved =
      this.clusterServices?.note([...versions.keys(), ...written.map(({ key }) => key)]) ?? nobody;
    if (written.length === 0 && moved.size === 0 && this.progress.isReady) return this.hear(versions);
    const changed = written.map(({ key, object }) => this.progress.describe(key, object !== undefined));
    this.clusterFaults = problems.map(({ object, message }) => ({ object, message }));
    this.view.note(written);
    const isCluster = this.options.api.home === "cluster";
    const changes = await this.services.apply(isCluster ? written : this.classes.apply(written));
    const { gateways, listenerSets } = this.view;
    const placements = await this.placer.place(gateways, listenerSets, written, moved);
    const { change, statuses, services } = this.translator.apply({
      changes,
      placements,
      supportedFeatures: supportedFeatures({ source, clusterAddress: this.clusterAddress }),
    });
    this.clusterServices?.want(services);
    for (const { key } of written) this.progress.touch(key);
    this.statuses.want(statuses);
    // Somebody else may have written over our part.
    for (const key of versions.keys()) this.publish(key);
    const echoed = this.services.played.filter(({ by }) => by === "echo");
    const released = this.echoes.release(echoed);
    const retire = () => released.forEach((server) => server.close());
    const edits = this.arrived();
    this.progress.add({ version: change.version, readAt, edits, changed, retire });
    this.noteProblems();
    if (isEmptyChange(change)) this.progress.settle(performance.now());
    else this.workers.publish(change);
    this.begun.resolve();
  }

  /** Somebody wrote a status, or an edit made no difference. */
  private hear(versions: ReadonlyMap<ResourceKey, string>): void {
    for (const key of versions.keys()) this.publish(key);
    this.clusterServices?.want([]);
    this.noteProblems();
    this.progress.finish(this.arrived());
  }

  private arrived(): readonly FileEvent[] {
    return this.feed?.arrived((key) => this.source?.versionOf(key)) ?? [];
  }

  private noteProblems(): void {
    const faults = [
      ...this.services.faults,
      ...(this.feed?.faults ?? []),
      ...this.clusterFaults,
      ...(this.clusterServices?.faults ?? []),
    ];
    const problems = this.problems.update(this.fileProblems, faults);
    if (problems !== undefined && this.progress.isReady) this.options.print(problems);
  }

  private emit(patches: readonly StatusPatch[]): void {
    for (const patch of patches) {
      this.progress.touch(patch.key);
      this.publisher?.publish(patch);
    }
  }

  private publish(key: ResourceKey): void {
    const written = this.statuses.written.get(key);
    if (written !== undefined) this.publisher?.publish(written);
  }

  private locate(flood: FloodCount): FloodReport {
    const all = flood.peer === "client" ? [...this.translator.program.listeners.values()] : [];
    const here = all.filter(({ binds }) => binds.some((bind) => isSame(bind, flood)));
    return { ...flood, listeners: here.map(({ key }) => key) };
  }

  private refuse(key: ResourceKey, message: string): void {
    const fault = { object: key, message: `its status was refused: ${message}` };
    this.clusterFaults = [...this.clusterFaults, fault];
    this.noteProblems();
  }

  private acknowledge({ version, failures, at }: Acknowledged): void {
    this.statuses.acknowledged(version, failures);
    this.progress.acknowledge(version, at);
  }

  private opening(): Opening {
    const { gatewright, workers, follow } = this.options;
    const kubeconfig = this.home?.kubeconfig;
    return {
      gatewright,
      workers,
      follow: follow && this.files !== undefined,
      elapsedMs: Math.round(performance.now()),
      problems: this.problems.problems,
      ...(kubeconfig !== undefined && { kubeconfig }),
    };
  }
}

function impliedNotice(name: string): string {
  return `GatewayClass ${name} is not defined in the files; it is implied`;
}

function isSame(a: ListenerBind, b: ListenerBind): boolean {
  return a.address === b.address && a.port === b.port;
}
