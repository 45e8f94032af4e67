import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";

/** The proxy has one CPU for itself; everything else shares the other. With a single CPU nothing is pinned. */
export const isPinned = availableParallelism() > 1;
export const proxyCpu = 0;
export const loadCpu = 1;

/** Milliseconds that a program has to open its port: the slowest peer takes less than a second on an idle machine. */
const startTimeout = 15_000;
/** Milliseconds between two looks at a port that is not open yet. */
const portInterval = 20;
/** Milliseconds from SIGTERM to SIGKILL. */
const stopTimeout = 2_000;

export interface Process {
  readonly pid: number;
  readonly log: string;
  readonly exited: Promise<void>;
}

const groups = new Set<number>();
const directories = new Set<string>();

process.on("exit", cleanUp);
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.on(signal, () => process.exit(code));
}

/** Synchronous, because it also runs while this process exits. */
function cleanUp(): void {
  for (const pid of groups) signalGroup(pid, "SIGKILL");
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
}

/** A directory that is gone when this process is. Readable for all: nginx gives up root before it reads files. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "gatewright-bench-"));
  directories.add(directory);
  chmodSync(directory, 0o755);
  return directory;
}

/** The command line with the given CPU for its only one. */
export function pinned(cpu: number, command: readonly string[]): readonly [string, ...string[]] {
  const [file = "", ...args] = command;
  return isPinned ? ["taskset", "-c", String(cpu), file, ...args] : [file, ...args];
}

/** Starts a long-running program in a process group of its own; what it prints goes into a file of the directory. */
export function startProcess(command: readonly string[], cpu: number, directory: string): Process {
  mkdirSync(directory, { recursive: true });
  const log = join(directory, "output.log");
  const output = openSync(log, "a");
  const [file, ...args] = pinned(cpu, command);
  const child = spawn(file, args, { cwd: directory, stdio: ["ignore", output, output], detached: true });
  closeSync(output);
  return { log, ...register(child) };
}

/** Sees to it that a child that leads a process group is gone, with its group, when this process is. */
export function register(child: ChildProcess): Omit<Process, "log"> {
  const exited = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  const pid = child.pid ?? -1;
  if (pid > 0) groups.add(pid);
  void exited.then(() => {
    // Children that outlive their parent are in its group.
    signalGroup(pid, "SIGKILL");
    groups.delete(pid);
  });
  return { pid, exited };
}

export async function stopProcess({ pid, exited }: Omit<Process, "log">): Promise<void> {
  signalGroup(pid, "SIGTERM");
  const kill = setTimeout(() => signalGroup(pid, "SIGKILL"), stopTimeout);
  await exited;
  clearTimeout(kill);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (pid <= 0) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group is gone.
  }
}

/** Resolves when the port accepts connections; rejects with what the process printed when it ends before or is too slow. */
export async function waitForPort(port: number, started: Process): Promise<void> {
  let gone = false;
  void started.exited.then(() => (gone = true));
  const deadline = performance.now() + startTimeout;
  while (!(await isOpen(port))) {
    if (gone || performance.now() > deadline) {
      const said = readFileSync(started.log, "utf8").trim().slice(-2_000);
      throw new Error(`does not listen: ${said || "it printed nothing"}`);
    }
    await new Promise((resolve) => setTimeout(resolve, portInterval));
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** A TCP port of 127.0.0.1 that is free now. */
export function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}
