import { loadBetween, readMachineTime } from "../machine/machine-time.ts";
import { loadCpu, proxyCpu } from "../machine/processes.ts";
import { readCpuTime, readEndedChildren, ticksPerSecond } from "../machine/cpu-time.ts";
import type { LoadResult } from "../load/wrk.ts";

/** One subject under load in one block. Shares are 0 to 1. */
export interface Sample {
  readonly block: number;
  readonly cpuMicroseconds: number;
  readonly requests: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly errors: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  /** Largest of any CPU. */
  readonly steal: number;
  /** Of one CPU: what the proxy used. */
  readonly proxyBusy: number;
  /** Of the generator's CPU: what all together used. */
  readonly loadBusy: number;
  /** Of the proxy's CPU: interrupts that the kernel may not count as the proxy's time. */
  readonly proxySoftirq: number;
  /** Of all CPUs: used by what is no part of the benchmark. */
  readonly foreign: number;
  /** Why the sample does not count. */
  readonly dropped?: string;
}

/** A sample with more than this was measured on half a machine. */
const largestSteal = 0.05;

export interface BlockSetup {
  readonly block: number;
  readonly subject: number;
  readonly backend: number;
  /** Puts it under load for so many seconds. */
  readonly run: (seconds: number) => Promise<LoadResult>;
  readonly seconds: number;
}

export async function measureBlock(setup: BlockSetup): Promise<Sample> {
  const before = readAll(setup);
  const { requests, seconds, bytes, errors } = await setup.run(setup.seconds);
  const after = readAll(setup);
  const machine = loadBetween(before.machine, after.machine, ticksPerSecond);
  const cpuSeconds = (after.subject.nanoseconds - before.subject.nanoseconds) / 1e9;
  const elapsed = (after.at - before.at) / 1000;
  const foreign = machine.busySeconds - cpuSeconds - (after.others - before.others);
  const dropped = reasonToDrop(machine.steal, requests, errors);
  return {
    block: setup.block,
    cpuMicroseconds: cpuSeconds * 1e6,
    requests,
    seconds,
    bytes,
    errors,
    userTicks: after.subject.userTicks - before.subject.userTicks,
    systemTicks: after.subject.systemTicks - before.subject.systemTicks,
    steal: machine.steal,
    proxyBusy: cpuSeconds / elapsed,
    loadBusy: machine.busy[loadCpu] ?? 0,
    proxySoftirq: machine.softirq[proxyCpu] ?? 0,
    foreign: Math.max(0, foreign / elapsed / machine.busy.length),
    ...(dropped !== undefined && { dropped }),
  };
}

function readAll({ subject, backend }: BlockSetup) {
  const own = process.cpuUsage();
  return {
    at: performance.now(),
    machine: readMachineTime(),
    subject: readCpuTime(subject),
    /** Seconds: the backend, generators that have ended, this process. */
    others: readCpuTime(backend).nanoseconds / 1e9 + readEndedChildren() + (own.user + own.system) / 1e6,
  };
}

function reasonToDrop(steal: number, requests: number, errors: number): string | undefined {
  if (steal > largestSteal) return "steal";
  if (requests === 0) return "no answers";
  return errors > 0 ? "errors" : undefined;
}
