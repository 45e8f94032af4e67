import { readFileSync, writeFileSync } from "node:fs";

/** Milliseconds that a program has for an orderly end. */
const END_GRACE = 8000;
/** Milliseconds between two looks at a program that is to end: it may be no child of this process. */
const LOOK = 20;

interface Entry {
  readonly name: string;
  readonly pid: number;
  /** Clock ticks since boot: a number that the kernel has given to another process has another one. */
  readonly startedAt: string;
}

/** The programs of a site, in a file: another run finds the same ones. */
export class ProcessTable {
  private readonly file: string;
  private entries: readonly Entry[];
  private readonly ending = new Set<number>();

  /** @param file A JSON file; it need not be there. */
  constructor(file: string) {
    this.file = file;
    this.entries = read(file);
  }

  /** Of all that were started, in this order, whether they run or not. */
  get names(): readonly string[] {
    return this.entries.map(({ name }) => name);
  }

  /** Those that have ended by themselves. */
  get ended(): readonly string[] {
    return this.entries.filter((entry) => !runs(entry)).map(({ name }) => name);
  }

  /** Whether its end was asked for here. */
  isEnding(pid: number): boolean {
    return this.ending.has(pid);
  }

  add(name: string, pid: number): void {
    this.write([...this.entries, { name, pid, startedAt: stat(pid)?.startedAt ?? "gone" }]);
  }

  /** Ends a program in order, or by force; resolves when it is gone. */
  async end(name: string): Promise<void> {
    const entry = this.entries.find((each) => each.name === name);
    if (entry === undefined) return;
    this.ending.add(entry.pid);
    const deadline = performance.now() + END_GRACE;
    signal(entry, "SIGTERM");
    while (runs(entry)) {
      if (performance.now() > deadline) signal(entry, "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
    this.write(this.entries.filter((each) => each !== entry));
  }

  private write(entries: readonly Entry[]): void {
    this.entries = entries;
    writeFileSync(this.file, JSON.stringify(entries));
  }
}

function read(file: string): readonly Entry[] {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as readonly Entry[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function runs({ pid, startedAt }: Entry): boolean {
  const found = stat(pid);
  return found !== undefined && found.startedAt === startedAt && found.state !== "Z";
}

function signal(entry: Entry, name: NodeJS.Signals): void {
  if (!runs(entry)) return;
  try {
    process.kill(entry.pid, name);
  } catch {
    // It has ended by itself.
  }
}

/** proc_pid_stat(5): the state is field 3, the start field 22; field 2, in brackets, may hold spaces. */
function stat(pid: number): { readonly state: string; readonly startedAt: string } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", startedAt: fields[19] ?? "" };
}
