import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { operation } from "./crash-writer.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import type { Store } from "./store.ts";

const writes = 10_000;
const writer = fileURLToPath(new URL("crash-writer.ts", import.meta.url));

/** Lets the writer go on and kills it when it has answered `kill`; the last revision that it answered. */
async function writeUntilKilled(path: string, kill: number): Promise<number> {
  const child = spawn(process.execPath, [writer, path, String(writes)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("latin1").on("data", (piece: string) => {
    said = said.slice(-100) + piece;
    // What is in the pipe was answered too: it is read to its end after the kill.
    if (lastAnswer(said) >= kill) child.kill("SIGKILL");
  });
  const signal = await new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (_code, signal) => resolve(signal));
  });
  assert.equal(signal, "SIGKILL");
  return lastAnswer(said);
}

function lastAnswer(said: string): number {
  const lines = said.split("\n");
  return Number(lines.at(-2) ?? 0);
}

function stateAfter(revision: number): Map<string, { revision: number; text: string }> {
  const rows = new Map<string, { revision: number; text: string }>();
  for (let r = 1; r <= revision; r++) {
    const { name, value } = operation(r);
    if (value === undefined) rows.delete(name);
    else rows.set(name, { revision: r, text: value });
  }
  return rows;
}

function stateOf(store: Store): Map<string, { revision: number; text: string }> {
  const rows = store.page("services", {})!.rows;
  return new Map(rows.map(({ name, revision, text }) => [name, { revision, text }]));
}

function sorted<Value>(rows: ReadonlyMap<string, Value>): [string, Value][] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
}

test("kill -9 loses no write that was answered, and leaves no half of one", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "gatewright-crash-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "x.db");
  const rounds = 8;
  const kills = Array.from({ length: rounds - 1 }, () => Math.floor(Math.random() * writes)).sort(
    (a, b) => a - b,
  );
  t.diagnostic(`killed after the answers ${kills.join(", ")}`);
  let before = 0;
  for (const kill of [...kills, Infinity]) {
    const answered = Math.max(await writeUntilKilled(path, kill), before);
    const store = openSqliteStore(path);
    const { revision } = store;
    assert.ok(
      revision === answered || revision === answered + 1,
      `${revision} on disk, ${answered} answered`,
    );
    assert.deepEqual(sorted(stateOf(store)), sorted(stateAfter(revision)));
    store.close();
    before = revision;
  }
  assert.equal(before, writes);
});
