import { writeSync } from "node:fs";
import { openSqliteStore } from "./sqlite-store.ts";

/** The process that `crash.test.ts` kills: does the writes of `operation` from where the file's revision is. */
export interface Operation {
  readonly name: string;
  /** Absent: the row is removed. */
  readonly value?: string;
}

const names = 400;

/** The write that makes `revision`; the same for everyone who asks. Every seventh removes the row it follows. */
export function operation(revision: number): Operation {
  if (revision % 7 === 0) return { name: operation(revision - 1).name };
  const mixed = Math.imul(revision, 0x9e3779b1) >>> 0;
  return { name: `n${mixed % names}`, value: String(mixed).repeat(1 + (mixed % 300)) };
}

function writeOn(path: string, until: number): void {
  const store = openSqliteStore(path);
  while (store.revision < until) {
    const { name, value } = operation(store.revision + 1);
    if (value === undefined) store.remove("services", "a", name, () => "gone");
    else store.write("services", "a", name, () => value);
    writeSync(1, `${store.revision}\n`);
  }
  process.kill(process.pid, "SIGKILL");
}

if (import.meta.main) writeOn(process.argv[2]!, Number(process.argv[3]));
