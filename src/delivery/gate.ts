import { createServer } from "node:net";
import { emptyChange, type ProgramChange } from "../program/change.ts";
import type { Listener } from "../program/program.ts";
import type { BindFailure } from "./message.ts";

/** Milliseconds between two looks at a socket that another program holds. */
const retryInterval = 2_000;

/**
 * Lets changes through in their order, and looks at every new socket before a worker binds it. Workers bind with
 * `SO_REUSEPORT`, and so the kernel would let them share a port with another program of the same user, which would
 * then get a part of the requests. A listener whose socket is taken is held back until it is free.
 */
export class Gate {
  private readonly ship: (change: ProgramChange) => void;
  private queue: Promise<void> = Promise.resolve();
  private closed = false;
  /** Sockets that the workers have, with the listeners on them. */
  private readonly open = new Map<string, Set<string>>();
  private readonly sockets = new Map<string, string>();
  private readonly held = new Map<string, { readonly listener: Listener; readonly failure: BindFailure }>();
  private version = 0;
  private retry: NodeJS.Timeout | undefined;

  constructor(ship: (change: ProgramChange) => void) {
    this.ship = ship;
  }

  pass(change: ProgramChange): void {
    this.queue = this.queue.then(() => this.examine(change, false));
  }

  /** Listeners that are held back. */
  failures(): Iterable<BindFailure> {
    return [...this.held.values()].map(({ failure }) => failure);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
  }

  private async examine(change: ProgramChange, again: boolean): Promise<void> {
    if (this.closed) return;
    this.version = change.version;
    for (const key of change.listeners.remove) this.forget(key);
    const free: Listener[] = [];
    const remove = [...change.listeners.remove];
    for (const listener of change.listeners.set) {
      const moved = this.sockets.get(listener.key);
      if (moved !== undefined && moved !== socketKey(listener)) this.forget(listener.key);
      this.held.delete(listener.key);
      const failure = await this.probe(listener);
      if (failure === undefined) {
        this.remember(listener);
        free.push(listener);
      } else {
        this.held.set(listener.key, { listener, failure });
        if (moved !== undefined) remove.push(listener.key);
      }
    }
    if (!again || free.length > 0) this.ship({ ...change, listeners: { set: free, remove } });
    this.scheduleRetry();
  }

  /** Why the listener's socket cannot be bound by us alone; undefined when it can, or is ours already. */
  private probe(listener: Listener): Promise<BindFailure | undefined> {
    if (this.open.has(socketKey(listener))) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const server = createServer();
      server.once("error", (error: NodeJS.ErrnoException) =>
        resolve({ listener: listener.key, code: error.code ?? "UNKNOWN", message: explain(error, listener) }),
      );
      server.listen({ host: listener.address, port: listener.port, exclusive: true }, () =>
        server.close(() => resolve(undefined)),
      );
    });
  }

  private remember(listener: Listener): void {
    const key = socketKey(listener);
    this.sockets.set(listener.key, key);
    const listeners = this.open.get(key);
    if (listeners === undefined) this.open.set(key, new Set([listener.key]));
    else listeners.add(listener.key);
  }

  private forget(listener: string): void {
    this.held.delete(listener);
    const key = this.sockets.get(listener);
    if (key === undefined) return;
    this.sockets.delete(listener);
    const listeners = this.open.get(key)!;
    listeners.delete(listener);
    if (listeners.size === 0) this.open.delete(key);
  }

  private scheduleRetry(): void {
    clearTimeout(this.retry);
    if (this.held.size === 0 || this.closed) return;
    this.retry = setTimeout(() => {
      const listeners = [...this.held.values()].map(({ listener }) => listener);
      const change = { ...emptyChange, version: this.version, listeners: { set: listeners, remove: [] } };
      this.queue = this.queue.then(() => this.examine(change, true));
    }, retryInterval);
    this.retry.unref();
  }
}

/** For the condition of a listener: what is in the way, in words. */
function explain(error: NodeJS.ErrnoException, { address, port }: Listener): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `Port ${port} of ${address} is taken by another program`;
    case "EACCES":
      return `Port ${port} may not be bound by this user`;
    case "EADDRNOTAVAIL":
      return `This machine has no address ${address}`;
    default:
      return error.message;
  }
}

function socketKey(listener: Listener): string {
  return `${listener.address} ${listener.port}`;
}
