import { MemoryStore } from "./memory-store.ts";
import { SqliteJournal, type Synchronous } from "./sqlite-journal.ts";
import type { Store } from "./store.ts";

/**
 * A store whose rows last in the SQLite file `path`, and are read from memory. A write that returned survives
 * `kill -9`; a power loss may cost the last moments unless `synchronous` is `full`. Revisions go on after a restart,
 * the history of events begins anew: watches from before it are told to list again.
 * Throws when the file is locked by another process, read-only, damaged, foreign or of a newer release.
 */
export function openSqliteStore(path: string, synchronous: Synchronous = "normal"): Store {
  return new MemoryStore(new SqliteJournal(path, synchronous));
}
