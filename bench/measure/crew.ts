import { startBackendOf, type Backend, type BackendKind } from "../load/backend.ts";
import { runH2load, runHandshakes, writeBody } from "../load/h2load.ts";
import { writeCertificate } from "../load/certificate.ts";
import { runUdp, waitForEcho } from "../load/udp.ts";
import { verify } from "../load/verify.ts";
import { runWrk, writeScript, type LoadResult } from "../load/wrk.ts";
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
import { plainWire, type CertificateFiles, type Setup, type Wire } from "../subject/setup.ts";

/** A contender that runs. */
export interface Runner {
  readonly contender: Contender;
  readonly process: Process;
  readonly port: number;
  readonly backend: Backend;
  /** Puts it under the load of its work for so many whole seconds. */
  readonly run: (seconds: number) => Promise<LoadResult>;
}

/** Starts contenders with the backends that they need, and stops them all. */
export class Crew {
  private readonly backends = new Map<BackendKind, Promise<Backend>>();
  private readonly certificates = new Map<"rsa" | "ec", CertificateFiles>();
  private readonly scripts = new Map<Work, string>();
  private readonly runners = new Set<Runner>();

  /** Rejects when the contender does not start, or does not do what the others do. */
  async start(contender: Contender): Promise<Runner> {
    const { subject, work } = contender;
    const backend = await this.backendFor(work);
    const port = await findPort();
    const wire = this.wireOf(work);
    const setup: Setup = {
      wire,
      port,
      upstreamPort: backend.port,
      routes: work.routes,
      ...(work.edits !== undefined && { edits: work.edits }),
    };
    const directory = makeDirectory();
    const process = startProcess(subject.prepare(setup, directory), proxyCpu, directory);
    const runner = { contender, process, port, backend, run: this.loader(work, wire, port) };
    this.runners.add(runner);
    try {
      if (wire.relay === "udp") await waitForEcho(port, process);
      else {
        await waitForPort(port, process);
        await verify(setup);
      }
    } catch (error) {
      await this.stop(runner);
      throw error;
    }
    return runner;
  }

  /** With the traffic that is measured, for as many seconds as the subject needs; whole. */
  async warmUp({ contender, run }: Runner, most = Infinity): Promise<void> {
    await run(Math.min(contender.subject.warmUp, most));
  }

  /** In the place of the usual one. */
  useBackend(kind: BackendKind, backend: Backend): void {
    this.backends.set(kind, Promise.resolve(backend));
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

  private backendFor({ upload, wire }: Work): Promise<Backend> {
    const relay = wire?.relay === "tcp" ? undefined : wire?.relay;
    const kind = relay ?? wire?.upstream ?? (upload === true ? "upload" : "usual");
    const known = this.backends.get(kind);
    if (known !== undefined) return known;
    const started = startBackendOf(kind);
    this.backends.set(kind, started);
    return started;
  }

  private wireOf({ wire }: Work): Wire {
    if (wire === undefined) return plainWire;
    const { http2 = false, tls, upstream, relay } = wire;
    return {
      http2,
      upstreamHttp2: upstream !== undefined,
      ...(relay !== undefined && { relay }),
      ...(tls !== undefined && { tls: this.certificateOf(tls) }),
    };
  }

  private certificateOf(keyType: "rsa" | "ec"): CertificateFiles {
    let files = this.certificates.get(keyType);
    if (files === undefined) this.certificates.set(keyType, (files = writeCertificate(keyType)));
    return files;
  }

  private loader(work: Work, { http2, tls, relay }: Wire, port: number): Runner["run"] {
    const { load } = work;
    if (relay === "udp") return (seconds) => runUdp(load, { port, seconds });
    const to = { port, tls: tls !== undefined || relay === "tls" };
    if (http2) {
      const body = load.body && writeBody(load.body);
      return (seconds) => runH2load(load, { ...to, seconds, ...(body !== undefined && { body }) });
    }
    if (load.handshakes === true) return (seconds) => runHandshakes(load, { port, seconds });
    const script = this.scriptFor(work);
    return (seconds) => runWrk(script, load, { ...to, seconds });
  }

  private scriptFor(work: Work): string {
    const known = this.scripts.get(work);
    if (known !== undefined) return known;
    const script = writeScript(work.load);
    this.scripts.set(work, script);
    return script;
  }
}
