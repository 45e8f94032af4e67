import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Journal } from "./memory-store.ts";
import type { Row } from "./store.ts";

/** Of the tables below. A file with a greater one was written by a newer release. */
const schemaVersion = 1;
/** Tells our files from other SQLite files: "GtWr". */
const applicationId = 0x47745772;

const schema = `
  CREATE TABLE rows (
    resource TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    revision INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (resource, namespace, name)
  ) STRICT;
  -- Removed rows leave no revision behind; this is the last of them, and 0 before the first.
  CREATE TABLE removed (revision INTEGER NOT NULL) STRICT;
  INSERT INTO removed VALUES (0);
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/** `full` also survives a power loss, at the price of an fsync per write; `normal` survives the end of the process. */
export type Synchronous = "normal" | "full";

/** A file of SQLite that this process alone has open. Every write is one transaction. */
export class SqliteJournal implements Journal {
  private readonly database: DatabaseSync;
  private readonly insert: StatementSync;
  private readonly erase: StatementSync;
  private readonly note: StatementSync;

  /** @param path Of the file; created, for the owner only, when it is not there. Throws an error that says what to do. */
  constructor(path: string, synchronous: Synchronous) {
    try {
      this.database = openFile(path, synchronous);
    } catch (error) {
      throw explained(path, error);
    }
    this.insert = this.database.prepare(
      "INSERT INTO rows VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET revision = excluded.revision, text = excluded.text",
    );
    this.erase = this.database.prepare("DELETE FROM rows WHERE resource = ? AND namespace = ? AND name = ?");
    this.note = this.database.prepare("UPDATE removed SET revision = ?");
  }

  get rows(): Iterable<Row> {
    const all =
      "SELECT resource, namespace, name, revision, text FROM rows ORDER BY resource, namespace, name";
    return this.database.prepare(all).iterate() as unknown as Iterable<Row>;
  }

  get revision(): number {
    const last =
      "SELECT max((SELECT revision FROM removed), (SELECT ifnull(max(revision), 0) FROM rows)) AS last";
    return Number(this.database.prepare(last).get()?.["last"]);
  }

  write(resource: string, namespace: string, name: string, revision: number, text: string): void {
    this.insert.run(resource, namespace, name, revision, text);
  }

  remove(resource: string, namespace: string, name: string, revision: number): void {
    this.database.exec("BEGIN IMMEDIATE");
    try {
      this.erase.run(resource, namespace, name);
      this.note.run(revision);
      this.database.exec("COMMIT");
    } catch (error) {
      // Some errors (a full disk) have ended the transaction already.
      if (this.database.isTransaction) this.database.exec("ROLLBACK");
      throw error;
    }
  }

  close(): void {
    this.database.close();
  }
}

function openFile(path: string, synchronous: Synchronous): DatabaseSync {
  // SQLite would make it readable for all, and it holds Secrets. Its other files take over the mode of this one.
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // Exclusive before WAL: no shared memory file, and another process gets "locked" instead of a share.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL");
    database.exec(`PRAGMA synchronous = ${synchronous}; PRAGMA journal_size_limit = 16777216`);
    database.exec("BEGIN EXCLUSIVE; COMMIT");
    prepareSchema(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepareSchema(database: DatabaseSync, path: string): void {
  const id = pragma(database, "application_id");
  const version = pragma(database, "user_version");
  const empty = database.prepare("SELECT 1 FROM sqlite_schema").get() === undefined;
  if (empty && id === 0) {
    database.exec(`BEGIN IMMEDIATE; ${schema}; COMMIT`);
    return;
  }
  if (id !== applicationId)
    throw new StoreFileError(`${path} is a SQLite file of another program; name another data directory`);
  if (version !== schemaVersion)
    throw new StoreFileError(
      `${path} has format ${version}, written by a newer release; this one reads format ${schemaVersion}: use the newer release, or another data directory`,
    );
  if (database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"] !== "ok") throw damaged(path);
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

class StoreFileError extends Error {}

function damaged(path: string): StoreFileError {
  return new StoreFileError(
    `${path} is damaged or is no SQLite file; restore it from a copy, or move it away to start empty`,
  );
}

/** Primary result codes of SQLite (sqlite3.h); the extended ones have them in their low byte. */
const meanings = new Map<number, (path: string) => string>([
  [
    5,
    (path) => `${path} is in use by another running process; stop that one, or name another data directory`,
  ],
  [8, (path) => `${path} cannot be written: it, its folder or its file system is read-only`],
  [13, (path) => `${path} cannot be written: the disk is full`],
  [14, (path) => `${path} cannot be opened; its folder must exist and be writable`],
]);

function explained(path: string, error: unknown): Error {
  if (error instanceof StoreFileError) return error;
  const { errcode, code } = error as { errcode?: number; code?: string };
  const primary = (errcode ?? 0) & 0xff;
  if (primary === 11 || primary === 26) return damaged(path);
  const meaning = meanings.get(primary)?.(path);
  if (meaning !== undefined) return new StoreFileError(meaning, { cause: error });
  if (code === "EACCES" || code === "EROFS" || code === "EPERM")
    return new StoreFileError(meanings.get(8)!(path), { cause: error });
  if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR")
    return new StoreFileError(meanings.get(14)!(path), { cause: error });
  return new StoreFileError(`${path} cannot be opened: ${String(error)}`, { cause: error });
}
