import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { readCpuTime, readResident } from "../machine/cpu-time.ts";
import { makeDirectory, pinned, proxyCpu, register, stopProcess } from "../machine/processes.ts";
import { scriptPath } from "../subject/node-process.ts";
import type { Address } from "./client.ts";

/** Bytes. */
export interface Memory {
  /** Heap and what it holds outside, after a collection of garbage; only where a process can be asked. */
  readonly live?: number;
  readonly resident: number;
}

/** An API server that runs. */
export interface Subject {
  readonly address: Address;
  /** CPU nanoseconds since the start, all processes and threads. */
  cpu(): number;
  memory(): Promise<Memory>;
  stop(): Promise<void>;
}

export async function startGatewright(dataDir: string | undefined): Promise<Subject> {
  const flags = ["--disable-warning=ExperimentalWarning"];
  const script = scriptPath("api-server.ts");
  const folder = dataDir === undefined ? [] : [dataDir];
  const [file, ...args] = pinned(proxyCpu, [process.execPath, ...flags, script, ...folder]);
  const child = spawn(file, args, { stdio: ["ignore", "inherit", "inherit", "ipc"], detached: true });
  const started = register(child);
  const ended = started.exited.then(() => {
    throw new Error("the API server ended early");
  });
  ended.catch(() => {});
  const answer = async () => ((await Promise.race([once(child, "message"), ended])) as unknown[])[0];
  const address = (await answer()) as Address;
  return {
    address,
    cpu: () => readCpuTime(started.pid).nanoseconds,
    memory: async () => {
      child.send("memory");
      return (await answer()) as Memory;
    },
    stop: () => stopProcess(started),
  };
}

export function startGatewrightWithFolder(): Promise<Subject> {
  return startGatewright(join(makeDirectory(), "data"));
}

/** CPU and memory of processes that cannot be asked for a collection of garbage. */
export function outsideView(pids: readonly number[]): Pick<Subject, "cpu" | "memory"> {
  const sum = (read: (pid: number) => number) => pids.reduce((total, pid) => total + read(pid), 0);
  return {
    cpu: () => sum((pid) => readCpuTime(pid).nanoseconds),
    memory: () => Promise.resolve({ resident: sum(readResident) }),
  };
}
