import { readdirSync, readFileSync } from "node:fs";

/** What a process and its descendants have used since they started. */
export interface CpuTime {
  /** Time on a CPU, nanoseconds: `sum_exec_runtime` of every thread. */
  readonly nanoseconds: number;
  /** Clock ticks in user mode and in the kernel: the split is sampled, so only good over many seconds. */
  readonly userTicks: number;
  readonly systemTicks: number;
}

/** `USER_HZ`: the same on every Linux that Node runs on. */
export const ticksPerSecond = 100;

/** Threads that end between two readings are missing from the second; none of the subjects ends threads under load. */
export function readCpuTime(root: number): CpuTime {
  let nanoseconds = 0;
  let userTicks = 0;
  let systemTicks = 0;
  for (const pid of processTree(root)) {
    for (const tid of listNumbers(`/proc/${pid}/task`)) {
      nanoseconds += Number(readOr(`/proc/${pid}/task/${tid}/schedstat`, "0").split(" ", 1)[0]);
    }
    const fields = statFields(pid);
    userTicks += Number(fields[11] ?? 0);
    systemTicks += Number(fields[12] ?? 0);
  }
  return { nanoseconds, userTicks, systemTicks };
}

/** CPU seconds of the children of this process that have ended. */
export function readEndedChildren(): number {
  const fields = statFields(process.pid);
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / ticksPerSecond;
}

/** Resident memory of a process and its descendants, bytes; shared pages count once for every process. */
export function readResident(root: number): number {
  let kibibytes = 0;
  for (const pid of processTree(root)) {
    kibibytes += Number(/^VmRSS:\s+(\d+) kB$/m.exec(readOr(`/proc/${pid}/status`, ""))?.[1] ?? 0);
  }
  return kibibytes * 1024;
}

function processTree(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const pid of listNumbers("/proc")) {
    const parent = Number(statFields(pid)[1] ?? 0);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [pid]);
    else siblings.push(pid);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** Fields of `/proc/PID/stat` from the third (state) on: the second, the name, may hold spaces. */
function statFields(pid: number): readonly string[] {
  const text = readOr(`/proc/${pid}/stat`, "");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function listNumbers(directory: string): readonly number[] {
  try {
    return readdirSync(directory)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Processes come and go while they are listed. */
function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return otherwise;
  }
}
