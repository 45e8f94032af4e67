import { Timer } from "../../../std/timer-wheel.ts";
import type { ProxiedConnection } from "../../../wire/proxy-protocol/header.ts";
import { proxyBlock, proxyLine } from "../../../wire/proxy-protocol/writer.ts";
import { maxConnectAttempts, relayDrainTimeout, relayIdleTimeout } from "../../limits.ts";
import type { BindTable } from "../../match/match.ts";
import { coarseTimers } from "../../timers.ts";
import type { Transport, TransportOwner } from "../../transport/transport.ts";
import type { BackendEndpoints } from "../../upstream/backends.ts";
import type { Endpoint } from "../../upstream/endpoint.ts";
import type { OpenConnection, ServeContext } from "../context.ts";
import { Dial, type Dialer } from "./dial.ts";
import { RelaySide, type Tie } from "./relay-side.ts";

/**
 * A client's connection and one of its own to an endpoint, between which bytes pass as they come until both sides are done. The client
 * waits until an endpoint has been reached; when none can be, its connection is reset.
 */
export class Relay implements Tie, OpenConnection, Dialer {
  private readonly context: ServeContext;
  private readonly bind: BindTable;
  /** What the client named (SNI); `""` for nothing. */
  private readonly serverName: string;
  private readonly backend: BackendEndpoints;
  /** Who speaks to whom, for backends that want to know. */
  private readonly connection: ProxiedConnection | undefined;
  private readonly client: RelaySide;
  private upstream: RelaySide | undefined = undefined;
  private dial: Dial | undefined = undefined;
  private dialed: Endpoint | undefined = undefined;
  /** Endpoints that could not be reached. */
  private unreached: readonly Endpoint[] = none;
  private readonly timer = new Timer(this);
  /** Whether anything has passed since the timer was armed. */
  private active = false;
  private leaving = false;

  /**
   * `accept` makes the client's transport, or hands over one that is there.
   * @param bytes What the client has sent already.
   */
  constructor(
    context: ServeContext,
    bind: BindTable,
    serverName: string,
    backend: BackendEndpoints,
    connection: ProxiedConnection | undefined,
    bytes: Buffer | undefined,
    accept: (owner: TransportOwner) => Transport,
  ) {
    this.context = context;
    this.bind = bind;
    this.serverName = serverName;
    this.backend = backend;
    this.connection = connection;
    context.connections.add(this);
    this.client = new RelaySide(this, accept);
    this.client.transport.pause();
    if (bytes !== undefined) this.client.keep(bytes);
    coarseTimers.arm(this.timer, relayIdleTimeout);
    this.tryNext();
  }

  private tryNext(): void {
    this.dial = undefined;
    this.dialed = this.unreached.length < maxConnectAttempts ? this.pickUntried() : undefined;
    if (this.dialed === undefined) return this.client.transport.reset();
    this.dial = new Dial(this.dialed, this);
  }

  /** Of the endpoints that there are now: while one was dialed others may have come. */
  private pickUntried(): Endpoint | undefined {
    const { backend, unreached } = this;
    for (let left = backend.endpoints.length; left > 0; left--) {
      const endpoint = backend.pick()!;
      if (!unreached.includes(endpoint)) return endpoint;
    }
    return undefined;
  }

  onDialFailed(): void {
    this.unreached = [...this.unreached, this.dialed!];
    this.tryNext();
  }

  onDialed(transport: Transport): void {
    this.dial = undefined;
    const upstream = RelaySide.of(transport, this);
    this.upstream = upstream;
    const { proxyProtocol } = this.backend;
    if (proxyProtocol === 1) transport.write(proxyLine(this.connection));
    else if (proxyProtocol === 2) transport.writeOwned(proxyBlock(this.connection));
    upstream.tie(this.client);
    this.client.tie(upstream);
  }

  noteActivity(): void {
    this.active = true;
  }

  /** It is over when both are closed: the endpoint may still have to take what a client that has left has sent. */
  onSideClosed(): void {
    if (!this.client.closed) return;
    this.dial?.giveUp();
    if (this.upstream?.closed === false) return;
    this.timer.disarm();
    this.context.connections.delete(this);
  }

  onTimer(): void {
    if (!this.active || this.leaving) this.cutShort();
    else {
      this.active = false;
      coarseTimers.arm(this.timer, relayIdleTimeout);
    }
  }

  /** What runs here cannot be told when it is finished: a drain waits for its end or the deadline. */
  drain(): void {
    if (this.leaving || this.context.draining || this.bind.relays(this.serverName)) return;
    this.leaving = true;
    coarseTimers.arm(this.timer, relayDrainTimeout);
  }

  cutShort(): boolean {
    this.dial?.giveUp();
    this.client.transport.reset();
    this.upstream?.transport.reset();
    return true;
  }
}

const none: readonly Endpoint[] = [];
