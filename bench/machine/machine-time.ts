import { readFileSync } from "node:fs";

/** Clock ticks of one CPU since the machine started. */
interface CpuTicks {
  readonly busy: number;
  readonly softirq: number;
  /** Wanted by this machine, used by another on the same host. */
  readonly steal: number;
  readonly all: number;
}

/** By number of the CPU. */
export type MachineTime = readonly CpuTicks[];

export function readMachineTime(): MachineTime {
  return parseMachineTime(readFileSync("/proc/stat", "utf8"));
}

export function parseMachineTime(text: string): MachineTime {
  return [...text.matchAll(/^cpu\d+ (.*)$/gm)].map(([, numbers = ""]) => {
    // `guest` and `guest_nice`, the last two, are part of `user` and `nice` already.
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = numbers
      .split(" ")
      .map(Number);
    const busy = user + nice + system + irq + softirq;
    return { busy, softirq, steal, all: busy + idle + iowait + steal };
  });
}

/** What the machine did between two readings; shares are 0 to 1. */
export interface MachineLoad {
  /** Largest share of any CPU that was stolen. */
  readonly steal: number;
  readonly busy: readonly number[];
  readonly softirq: readonly number[];
  /** Busy seconds of all CPUs together. */
  readonly busySeconds: number;
}

export function loadBetween(before: MachineTime, after: MachineTime, ticksPerSecond: number): MachineLoad {
  const steal: number[] = [];
  const busy: number[] = [];
  const softirq: number[] = [];
  let busyTicks = 0;
  for (const [cpu, end] of after.entries()) {
    const start = before[cpu] ?? end;
    const all = Math.max(end.all - start.all, 1);
    steal.push((end.steal - start.steal) / all);
    busy.push((end.busy - start.busy) / all);
    softirq.push((end.softirq - start.softirq) / all);
    busyTicks += end.busy - start.busy;
  }
  return { steal: Math.max(0, ...steal), busy, softirq, busySeconds: busyTicks / ticksPerSecond };
}
