import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { openSqliteStore } from "./sqlite-store.ts";
import type { Store } from "./store.ts";
import { suite } from "./store.suite.ts";

const folder = mkdtempSync(join(tmpdir(), "gatewright-store-"));
const opened: Store[] = [];
let files = 0;
after(() => {
  for (const store of opened) store.close();
  rmSync(folder, { recursive: true });
});

function newPath(): string {
  return join(folder, `${files++}.db`);
}

suite("sqlite", () => {
  const store = openSqliteStore(newPath());
  opened.push(store);
  return store;
});

function fill(store: Store, ...names: readonly string[]): void {
  for (const name of names) store.write("services", "a", name, (revision) => `${name} ${revision}`);
}

/** Opens the store in another process; what its error says, or "opened". */
function openElsewhere(path: string, user?: number): string {
  const script = `
    const { openSqliteStore } = await import(${JSON.stringify(import.meta.resolve("./sqlite-store.ts"))});
    ${user === undefined ? "" : `process.setuid(${user});`}
    try { openSqliteStore(${JSON.stringify(path)}); console.log("opened"); } catch (error) { console.log(error.message); }`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  assert.equal(stderr, "");
  return stdout.trim();
}

test("rows and the revision are there after a restart, the history is not", () => {
  const path = newPath();
  const first = openSqliteStore(path);
  fill(first, "x", "y", "x", "z");
  first.remove("services", "a", "z", () => "gone");
  const rows = first.page("services", {});
  first.close();
  for (let restart = 0; restart < 2; restart++) {
    const store = openSqliteStore(path);
    assert.equal(store.revision, 5, "also when the last write was a removal");
    assert.deepEqual(store.page("services", {}), rows);
    assert.equal(
      store.watch("services", 4, () => undefined),
      undefined,
    );
    store.close();
  }
  const second = openSqliteStore(path, "full");
  const heard: number[] = [];
  second.watch("services", 5, ({ revision }) => heard.push(revision));
  fill(second, "y");
  second.close();
  assert.deepEqual(heard, [6]);
});

test("names with any characters are told apart, in the file too", () => {
  const path = newPath();
  const names = ["a", "A", "ä", "a/b", "a'b", 'a"b', "__proto__", "a%"];
  const first = openSqliteStore(path);
  fill(first, ...names);
  first.close();
  const second = openSqliteStore(path);
  assert.equal(second.count("services"), names.length);
  for (const name of names) assert.match(second.read("services", "a", name)?.text ?? "", /\d$/);
  second.close();
});

test(
  "only the owner reads the file and what SQLite keeps beside it",
  { skip: process.platform === "win32" },
  () => {
    const path = newPath();
    writeFileSync(path, "", { mode: 0o644 });
    const store = openSqliteStore(path);
    fill(store, "x");
    for (const file of [path, `${path}-wal`]) assert.equal(statSync(file).mode & 0o777, 0o600, file);
    store.close();
  },
);

test("a file is open in one process at a time", () => {
  const path = newPath();
  const store = openSqliteStore(path);
  assert.match(openElsewhere(path), /is in use by another running process; stop that one/);
  assert.throws(() => openSqliteStore(path), /is in use by another/, "nor twice in this one");
  fill(store, "x");
  store.close();
  assert.equal(openElsewhere(path), "opened");
});

test("a file that is not ours, newer or damaged is refused and left alone", () => {
  const garbage = newPath();
  writeFileSync(garbage, "no database\n".repeat(1000));
  assert.throws(() => openSqliteStore(garbage), /is damaged or is no SQLite file; restore it/);
  assert.equal(statSync(garbage).size, 12_000);

  const foreign = newPath();
  const other = new DatabaseSync(foreign);
  other.exec("CREATE TABLE bookmarks (id INTEGER)");
  other.close();
  assert.throws(() => openSqliteStore(foreign), /is a SQLite file of another program/);

  const newer = newPath();
  openSqliteStore(newer).close();
  const raw = new DatabaseSync(newer);
  raw.exec("PRAGMA user_version = 2");
  raw.close();
  assert.throws(
    () => openSqliteStore(newer),
    /has format 2, written by a newer release; this one reads format 1/,
  );

  const damaged = newPath();
  const store = openSqliteStore(damaged);
  for (let i = 0; i < 100; i++) store.write("services", "a", `${i}`, () => "x".repeat(2000));
  store.close();
  const bytes = statSync(damaged).size;
  writeFileSync(damaged, Buffer.alloc(20_000, 0xa5), { flag: "r+" });
  assert.throws(() => openSqliteStore(damaged), /is damaged/);
  assert.equal(statSync(damaged).size, bytes);
});

test("a folder that is missing, and a path that is a folder", () => {
  assert.throws(
    () => openSqliteStore(join(folder, "none", "x.db")),
    /cannot be opened; its folder must exist/,
  );
  assert.throws(() => openSqliteStore(folder), /cannot be opened/);
});

test("a read-only file", { skip: process.platform === "win32" }, () => {
  const closed = join(folder, "closed");
  mkdirSync(closed);
  chmodSync(folder, 0o755);
  const path = join(closed, "x.db");
  const store = openSqliteStore(path);
  fill(store, "x");
  store.close();
  chmodSync(path, 0o444);
  chmodSync(closed, 0o555);
  // Nothing is read-only for root, so somebody else tries.
  const root = process.getuid?.() === 0;
  if (root) chownSync(path, 65_534, 65_534);
  assert.match(
    openElsewhere(path, root ? 65_534 : undefined),
    /x\.db cannot be written: it, its folder or its file/,
  );
  chmodSync(closed, 0o755);
});
