import { createHash, randomBytes } from "node:crypto";
import type { ProgramChange } from "../program/change.ts";
import { sessionKey } from "./balance/session-tokens.ts";
import { Bind, type BindError } from "./bind/bind.ts";
import { maxFlows } from "./limits.ts";
import { UdpBind } from "./bind/udp-bind.ts";
import { bindKey, type BindTable, Router } from "./match/match.ts";
import type { ServeContext } from "./serve/context.ts";
import { Flows } from "./serve/udp/flows.ts";
import { Terminators } from "./tls/terminators.ts";
import { Backends } from "./upstream/backends.ts";

/** A listener that this proxy could not bind, and why. */
export interface ListenerFailure extends BindError {
  /** Key of the listener. */
  readonly listener: string;
}

/** Program → traffic, on this process's event loop. */
export class Proxy {
  private readonly router = new Router();
  private readonly binds = new Map<string, AnyBind>();
  private readonly failures = new Map<string, BindError>();
  private readonly terminators: Terminators;
  private readonly context: ServeContext;
  private readonly flows: Flows;

  /**
   * @param secret Of the workers of a run: TLS sessions and persistent sessions go on with any of them, and flows have the same endpoints. Without one
   * only with this.
   * @param workers How many they are: they share what the machine has only so much of.
   */
  constructor({
    secret = randomBytes(32),
    workers = 1,
  }: { readonly secret?: Buffer; readonly workers?: number } = {}) {
    this.terminators = new Terminators(secret);
    const { contexts } = this.terminators;
    this.context = {
      backends: new Backends((key) => contexts.certificate(key)?.certificate, sessionKey(secret)),
      connections: new Set(),
      draining: false,
    };
    this.flows = new Flows(this.context, seedOf(secret), Math.ceil(maxFlows / workers));
  }

  /**
   * Runs the program from the next request on: make before break, and atomic for requests, because routes, endpoints
   * and listeners change in one turn of the event loop. Resolves when new sockets are bound, to all listeners that are not.
   */
  async apply(change: ProgramChange): Promise<readonly ListenerFailure[]> {
    this.terminators.apply(change);
    this.context.backends.apply(change);
    this.router.apply(change);
    this.closeUnused();
    if (change.listeners.set.length + change.listeners.remove.length > 0)
      for (const connection of this.context.connections) connection.drain();
    await this.openNew();
    return this.listFailures();
  }

  /** Stops accepting and resolves when the last request is answered, or after `deadline` milliseconds: to the number that was cut. */
  async drain(deadline: number): Promise<number> {
    const { context } = this;
    context.draining = true;
    for (const bind of this.binds.values()) bind.drain();
    this.binds.clear();
    const end = performance.now() + deadline;
    for (;;) {
      for (const connection of context.connections) connection.drain();
      if (context.connections.size === 0 || performance.now() >= end) break;
      await new Promise((resolve) => setTimeout(resolve, drainInterval));
    }
    let cut = 0;
    for (const connection of context.connections) if (connection.cutShort()) cut++;
    context.backends.closeIdle();
    return cut;
  }

  private closeUnused(): void {
    for (const [key, bind] of this.binds) {
      if (this.isWanted(bind.table)) continue;
      bind.close();
      this.binds.delete(key);
    }
  }

  private isWanted(table: BindTable): boolean {
    return !this.context.draining && this.router.bind(table.address, table.port, table.transport) === table;
  }

  private async openNew(): Promise<void> {
    const opening: Promise<void>[] = [];
    this.failures.clear();
    for (const table of this.router.binds()) {
      const key = bindKey(table);
      if (this.binds.has(key)) continue;
      opening.push(
        this.open(table).then((opened) => {
          if ("code" in opened) this.failures.set(key, opened);
          // A later change may have been applied in between.
          else if (this.binds.has(key) || !this.isWanted(table)) opened.close();
          else this.binds.set(key, opened);
        }),
      );
    }
    await Promise.all(opening);
  }

  private open(table: BindTable): Promise<AnyBind | BindError> {
    return table.transport === "udp"
      ? UdpBind.open(table, this.flows)
      : Bind.open(table, this.context, this.terminators);
  }

  private listFailures(): readonly ListenerFailure[] {
    const failures: ListenerFailure[] = [];
    for (const table of this.router.binds()) {
      const error = this.failures.get(bindKey(table));
      if (error === undefined) continue;
      for (const listener of table.keys()) failures.push({ listener, ...error });
    }
    return failures;
  }
}

/** Milliseconds between two looks at what still runs while draining. */
const drainInterval = 20;

type AnyBind = Bind | UdpBind<BindTable>;

/** 48 bits, which say nothing of the secret. */
function seedOf(secret: Buffer): number {
  return createHash("sha256").update("flows").update(secret).digest().readUIntLE(0, 6);
}
