import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ProcessTable } from "./process-table.ts";

const onLinux = { skip: process.platform === "linux" ? false : "/proc is Linux's" };

function tableFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "gatewright-processes-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "programs.json");
}

/** A process that says when it can be signalled. */
async function start(t: TestContext, script: string) {
  const child = spawn(process.execPath, ["-e", `${script}; setInterval(() => {}, 1000); console.log("up")`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return { child, pid: child.pid ?? 0, exit: once(child, "exit") };
}

test("another table of the same file knows the programs, and ends them", onLinux, async (t) => {
  const file = tableFile(t);
  const { pid, exit } = await start(t, "");
  new ProcessTable(file).add("one", pid);
  const other = new ProcessTable(file);
  assert.deepEqual([other.names, other.ended], [["one"], []]);
  await other.end("one");
  assert.deepEqual((await exit)[1], "SIGTERM");
  assert.deepEqual(other.names, []);
  assert.equal(other.isEnding(pid), true);
  assert.deepEqual(new ProcessTable(file).names, []);
});

test("a program that has ended by itself is told apart", onLinux, async (t) => {
  const table = new ProcessTable(tableFile(t));
  const [one, two] = [await start(t, ""), await start(t, "")];
  table.add("one", one.pid);
  table.add("two", two.pid);
  one.child.kill("SIGKILL");
  await one.exit;
  assert.deepEqual([table.names, table.ended], [["one", "two"], ["one"]]);
  assert.equal(table.isEnding(one.pid), false);
});

test("another process with the same number is left alone", onLinux, async (t) => {
  const file = tableFile(t);
  const { child, pid } = await start(t, "");
  new ProcessTable(file).add("one", pid);
  const [entry] = JSON.parse(readFileSync(file, "utf8")) as { startedAt: string }[];
  writeFileSync(file, JSON.stringify([{ ...entry, startedAt: "1" }]));
  const table = new ProcessTable(file);
  assert.deepEqual(table.ended, ["one"]);
  await table.end("one");
  assert.deepEqual([child.exitCode, child.signalCode], [null, null]);
});
