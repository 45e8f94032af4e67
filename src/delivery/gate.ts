import { emptyChange, type ProgramChange } from "../program/change.ts";
import type { Listener, ListenerBind } from "../program/program.ts";
import { type Transport, tryBind } from "../std/try-bind.ts";
import type { BindFailure } from "./message.ts";

/** Milliseconds between two looks at a socket that another program holds. */
const retryInterval = 2_000;

/**
 * Lets changes through in their order, and looks at every new socket before a worker binds it. Workers bind with
 * `SO_REUSEPORT`, and so the kernel would let them share a port with another program of the same user, which would
 * then get a part of the requests. What a listener has on a socket that is taken is held back until it is free.
 */
export class Gate {
  private readonly ship: (change: ProgramChange) => void;
  private queue: Promise<void> = Promise.resolve();
  private closed = false;
  /** Sockets that the workers have, with the listeners on them. */
  private readonly open = new Map<string, Set<string>>();
  /**
   * Sockets that the workers are told to close, and the version that says so: until all run it a look would find them taken, by ourselves.
   * A listener that takes the place of another one, or comes back at once, gets them without a look.
   */
  private readonly closing = new Map<string, number>();
  /** Listener → those of its sockets that the workers have. */
  private readonly sockets = new Map<string, ReadonlySet<string>>();
  private readonly held = new Map<string, { readonly listener: Listener; readonly failure: BindFailure }>();
  private version = 0;
  private retry: NodeJS.Timeout | undefined;

  constructor(ship: (change: ProgramChange) => void) {
    this.ship = ship;
  }

  pass(change: ProgramChange): void {
    this.queue = this.queue.then(() => this.examine(change, false));
  }

  /** Listeners that are held back, be it on one of their sockets only. */
  failures(): Iterable<BindFailure> {
    return [...this.held.values()].map(({ failure }) => failure);
  }

  /** Every worker runs this version, or a later one. */
  acknowledged(version: number): void {
    for (const [socket, closedBy] of this.closing) if (closedBy <= version) this.closing.delete(socket);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
  }

  private async examine(change: ProgramChange, again: boolean): Promise<void> {
    if (this.closed) return;
    this.version = change.version;
    for (const key of change.listeners.remove) this.forget(key);
    const set: Listener[] = [];
    const remove = [...change.listeners.remove];
    for (const listener of change.listeners.set) {
      const before = this.sockets.get(listener.key)?.size ?? 0;
      const binds = await this.free(listener);
      if (binds.length === 0 && before > 0) remove.push(listener.key);
      if (binds.length > (again ? before : 0)) set.push({ ...listener, binds });
    }
    if (!again || set.length > 0) this.ship({ ...change, listeners: { set, remove } });
    this.scheduleRetry();
  }

  /** The listener's sockets that can be bound by us alone, or are ours already. */
  private async free(listener: Listener): Promise<readonly ListenerBind[]> {
    const { key, binds } = listener;
    const wanted = new Set(binds.map((bind) => socketKey(listener, bind)));
    // First: what it has no more stays open only where another listener has it.
    this.remember(key, wanted.intersection(this.sockets.get(key) ?? new Set()));
    this.held.delete(key);
    const free: ListenerBind[] = [];
    for (const bind of binds) {
      const socket = socketKey(listener, bind);
      const isOurs = this.open.has(socket) || this.closing.has(socket);
      const error = isOurs ? undefined : await tryBind(bind.address, bind.port, transportOf(listener));
      if (error === undefined) free.push(bind);
      else if (!this.held.has(key)) this.held.set(key, { listener, failure: failureOf(key, bind, error) });
    }
    this.remember(key, new Set(free.map((bind) => socketKey(listener, bind))));
    return free;
  }

  /** Those that a listener has now. */
  private remember(listener: string, sockets: ReadonlySet<string>): void {
    for (const socket of this.sockets.get(listener) ?? []) {
      if (sockets.has(socket)) continue;
      const listeners = this.open.get(socket)!;
      listeners.delete(listener);
      if (listeners.size > 0) continue;
      this.open.delete(socket);
      this.closing.set(socket, this.version);
    }
    for (const socket of sockets) {
      this.closing.delete(socket);
      const listeners = this.open.get(socket);
      if (listeners === undefined) this.open.set(socket, new Set([listener]));
      else listeners.add(listener);
    }
    if (sockets.size === 0) this.sockets.delete(listener);
    else this.sockets.set(listener, sockets);
  }

  private forget(listener: string): void {
    this.held.delete(listener);
    this.remember(listener, new Set());
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

function transportOf({ protocol }: Listener): Transport {
  return protocol === "UDP" ? "UDP" : "TCP";
}

function failureOf(listener: string, bind: ListenerBind, error: NodeJS.ErrnoException): BindFailure {
  return { listener, code: error.code ?? "UNKNOWN", message: explain(error, bind) };
}

/** For the condition of a listener: what is in the way, in words. */
function explain(error: NodeJS.ErrnoException, { address, port }: ListenerBind): string {
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

function socketKey(listener: Listener, { address, port }: ListenerBind): string {
  return `${transportOf(listener)} ${address} ${port}`;
}
