import { createReadStream } from "node:fs";
import { reportBug } from "../../std/bug.ts";
import {
  departureLookInterval,
  lingerTimeout,
  maxDepartureLookInterval,
  relayIdleTimeout,
} from "../limits.ts";

/** A connection that is to be reset when its peer has taken what was written. */
export interface Departing {
  readonly closed: boolean;
  /** Bytes that the kernel has not taken. */
  readonly backlog: number;
  /** By which the kernel lists the connection; `undefined`: it has none any more. */
  readonly inode: number | undefined;
  reset(): void;
}

interface Departure {
  /** Milliseconds of `performance.now()`. */
  readonly added: number;
  /** `undefined` while bytes wait here. */
  inode: number | undefined;
  /** When the last byte went to the kernel. */
  since: number;
  /** Looks in a row in which it was not listed. A list that changes while it is read can leave one out. */
  missed: number;
}

/** A look and what comes of it take no more than one part of so many of the time: its cost grows with the number of all connections. */
const patience = 20;

/**
 * Resets connections when what was written to them has arrived. A reset has the kernel drop what it still holds for the peer, and only Linux's
 * list of connections says how much that is. Where there is none, a while has to do.
 */
export class Departures {
  private readonly waiting = new Map<Departing, Departure>();
  private readonly tables: readonly string[];
  private looking = false;
  private timer: NodeJS.Timeout | undefined;
  /** Milliseconds of `performance.now()`. */
  private nextAt = 0;
  /** Milliseconds: peers that take nothing are looked at less and less. */
  private interval = departureLookInterval;

  constructor(tables: readonly string[]) {
    this.tables = tables;
  }

  get size(): number {
    return this.waiting.size;
  }

  add(departing: Departing): void {
    this.waiting.set(departing, { added: performance.now(), inode: undefined, since: 0, missed: 0 });
    this.interval = departureLookInterval;
    if (!this.looking) this.schedule(this.nextAt - performance.now());
  }

  private schedule(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), Math.min(Math.max(delay, 0), maxDepartureLookInterval));
    this.timer.unref();
  }

  private async run(): Promise<void> {
    const began = performance.now();
    const { size } = this.waiting;
    this.looking = true;
    await this.look().catch(reportBug);
    this.looking = false;
    const now = performance.now();
    this.nextAt = now + patience * (now - began);
    if (this.waiting.size === 0) return;
    if (this.waiting.size === size) this.interval = Math.min(2 * this.interval, maxDepartureLookInterval);
    else this.interval = departureLookInterval;
    this.schedule(Math.max(this.nextAt - now, this.interval));
  }

  private async look(): Promise<void> {
    const asked = new Map<number, Departing>();
    for (const [departing, departure] of this.waiting) {
      if (departing.closed) this.waiting.delete(departing);
      else if (performance.now() - departure.added >= relayIdleTimeout) this.leave(departing);
      else if (departing.backlog === 0) this.ask(departing, departure, asked);
    }
    if (asked.size === 0) return;
    const arrived: Departing[] = [];
    const known = await this.readTables((inode, unsent) => {
      const departing = asked.get(inode);
      if (departing === undefined) return;
      asked.delete(inode);
      this.waiting.get(departing)!.missed = 0;
      if (unsent === 0) arrived.push(departing);
    });
    for (const departing of arrived) this.leave(departing);
    const now = performance.now();
    for (const departing of asked.values()) {
      const departure = this.waiting.get(departing)!;
      if (known ? ++departure.missed > 1 : now - departure.since >= lingerTimeout) this.leave(departing);
    }
  }

  private ask(departing: Departing, departure: Departure, asked: Map<number, Departing>): void {
    if (departure.inode === undefined) {
      departure.inode = departing.inode;
      departure.since = performance.now();
    }
    if (departure.inode === undefined) this.leave(departing);
    else asked.set(departure.inode, departing);
  }

  private leave(departing: Departing): void {
    this.waiting.delete(departing);
    departing.reset();
  }

  /** Returns whether there are any. */
  private async readTables(onConnection: (inode: number, unsent: number) => void): Promise<boolean> {
    let known = false;
    for (const table of this.tables) {
      try {
        await readTable(table, onConnection);
        known = true;
      } catch {
        // Without IPv6 there is one, and on other systems none.
      }
    }
    return known;
  }
}

/** `sl local remote st tx_queue:rx_queue tr:when retrnsmt uid timeout inode`, see proc_net_tcp in the kernel's documentation. */
const connection = /^ *\d+: \S+ \S+ \S+ ([0-9A-F]+):\S+ \S+ \S+ +\d+ +\d+ (\d+) /;

async function readTable(path: string, onConnection: (inode: number, unsent: number) => void): Promise<void> {
  let rest = "";
  for await (const chunk of createReadStream(path, "latin1")) {
    const lines = (rest + (chunk as string)).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const match = connection.exec(line);
      if (match !== null) onConnection(Number(match[2]), Number.parseInt(match[1]!, 16));
    }
  }
}

/** Of this process. */
export const departures = new Departures(["/proc/self/net/tcp", "/proc/self/net/tcp6"]);
