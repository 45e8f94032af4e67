import type { ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import type { Kubectl } from "../cluster/kubectl.ts";
import type { Site } from "../cluster/site.ts";
import { Events, type TestResult } from "./events.ts";
import type { Programs } from "./programs.ts";

/** An address of the namespace that no Gateway is given unasked, and one that this machine has not (RFC 5737). */
const addresses = ["-usable-address=127.9.0.99", "-unusable-address=192.0.2.1"];

export const gatewayClass = "gatewright";

export interface SuiteRun {
  /** go test's own verdict. */
  readonly passed: boolean;
  readonly results: readonly TestResult[];
  readonly seconds: number;
  /** What belongs to no single test. */
  readonly output: string;
}

export interface SuiteOptions {
  readonly site: Site;
  readonly programs: Programs;
  readonly kubectl: Kubectl;
  /** Tests to run; all when there are none. */
  readonly only: readonly string[];
  readonly flags: readonly string[];
  /** Of the file with the events, in the site's logs. */
  readonly log: string;
  readonly onResult: (result: TestResult) => void;
  /** Ends the suite. */
  readonly signal: AbortSignal;
}

/** Runs the unmodified suite in the site. */
export async function runSuite(options: SuiteOptions): Promise<SuiteRun> {
  const { site, programs, kubectl, only, flags, signal } = options;
  const start = performance.now();
  const events = new Events(options.onResult);
  const filter = only.length === 0 ? "" : `/^(${only.join("|")})$`;
  const child = site.open(
    programs.test2json,
    [
      "-t",
      programs.suite,
      "-test.v=test2json",
      "-test.timeout=60m",
      `-test.run=^TestConformance$${filter}`,
      `-gateway-class=${gatewayClass}`,
      ...addresses,
      ...flags,
    ],
    { KUBECONFIG: kubectl.kubeconfig },
  );
  const stop = () => killGroup(child);
  signal.addEventListener("abort", stop);
  const log = createWriteStream(join(site.logs, `${options.log}.json`));
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    log.write(text);
    events.read(text);
  });
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const [code] = (await once(child, "close")) as [number | null];
  signal.removeEventListener("abort", stop);
  log.end();
  return {
    passed: code === 0 && events.outcome === "pass",
    results: events.results,
    seconds: (performance.now() - start) / 1000,
    output: events.ownOutput + complaint,
  };
}

/** The suite goes with the one that reads its events. */
function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGKILL");
}
