import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { type TestContext, test } from "node:test";
import { lingerTimeout } from "../limits.ts";
import { type Departing, Departures } from "./departures.ts";

const heading =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

function row(inode: number, unsent: number): string {
  const queue = unsent.toString(16).toUpperCase().padStart(8, "0");
  return `   7: 0100007F:46A3 0100007F:E1DE 01 ${queue}:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 20 4 30 10 -1\n`;
}

class Connection implements Departing {
  closed = false;
  backlog = 0;
  readonly inode: number | undefined;
  readonly gone: Promise<void>;
  reset: () => void = () => undefined;

  constructor(inode: number | undefined) {
    this.inode = inode;
    this.gone = new Promise((resolve) => {
      this.reset = () => {
        this.closed = true;
        resolve();
      };
    });
  }
}

function tableFile(t: TestContext): { readonly path: string; write(...rows: string[]): void } {
  const folder = mkdtempSync(join(tmpdir(), "departures-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "tcp");
  const write = (...rows: string[]): void => writeFileSync(path, heading + rows.join(""));
  write();
  return { path, write };
}

test("a connection goes when nothing waits here nor in the kernel, one after the other", async (t) => {
  const table = tableFile(t);
  const [slow, quick, marker] = [new Connection(11), new Connection(22), new Connection(33)];
  table.write(row(11, 1), row(22, 0), row(33, 0));
  // The first table is on no machine without IPv6.
  const departures = new Departures([join(table.path, "none"), table.path]);
  slow.backlog = 1;
  departures.add(slow);
  departures.add(quick);
  await quick.gone;
  slow.backlog = 0;
  departures.add(marker);
  await marker.gone;
  assert.equal(slow.closed, false);
  table.write(row(11, 0));
  await slow.gone;
  assert.equal(departures.size, 0);
});

test("of tables of any length every row is read, whatever piece of the file it is in", async (t) => {
  const table = tableFile(t);
  const rows = Array.from({ length: 5000 }, (_, i) => row(1000 + i, i % 2));
  table.write(...rows);
  const departures = new Departures([table.path]);
  const connections = rows.map((_, i) => new Connection(1000 + i));
  for (const connection of connections) departures.add(connection);
  await Promise.all(connections.filter((_, i) => i % 2 === 0).map(({ gone }) => gone));
  assert.equal(departures.size, 2500);
  for (const connection of connections) connection.closed = true;
});

test("a row that is missing once may be there the next time; one that stays away is of a connection that is over", async (t) => {
  const table = tableFile(t);
  const departures = new Departures([table.path]);
  const [lost, handless] = [new Connection(11), new Connection(undefined)];
  departures.add(lost);
  departures.add(handless);
  await handless.gone;
  assert.equal(lost.closed, false);
  await lost.gone;
  assert.equal(departures.size, 0);
});

test("one that has closed by itself is forgotten", async (t) => {
  const table = tableFile(t);
  table.write(row(11, 5));
  const departures = new Departures([table.path]);
  const [closed, marker] = [new Connection(11), new Connection(22)];
  departures.add(closed);
  departures.add(marker);
  closed.closed = true;
  await marker.gone;
  assert.equal(departures.size, 0);
});

test("where the kernel tells nothing, a while has to do", async (t) => {
  let ahead = 0;
  const now = performance.now.bind(performance);
  t.mock.method(performance, "now", () => now() + ahead);
  const departures = new Departures([join(tmpdir(), "none", "tcp")]);
  const [early, late] = [new Connection(11), new Connection(22)];
  departures.add(early);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(early.closed, false);
  departures.add(late);
  ahead = lingerTimeout;
  await early.gone;
  ahead += lingerTimeout;
  await late.gone;
});
