import { flowDrainTimeout, flowSweepInterval, maxKeptDatagramBytes } from "../../limits.ts";
import type { BackendEndpoints } from "../../upstream/backends.ts";
import type { Endpoint } from "../../upstream/endpoint.ts";
import type { OpenConnection } from "../context.ts";
import { chooseEndpoint, placeOf, type Place } from "./choice.ts";
import type { FlowList } from "./flow-list.ts";
import type { FlowRoute, FlowServer } from "./flow-server.ts";
import { FlowUpstream, type UpstreamOwner } from "./flow-upstream.ts";

/** What one client sends from one port to one listener, and what its endpoint answers. */
export class Flow implements OpenConnection, UpstreamOwner {
  /** Of the client. */
  readonly address: string;
  readonly port: number;
  nextInTable: Flow | undefined = undefined;
  list: FlowList | undefined = undefined;
  older: Flow | undefined = undefined;
  newer: Flow | undefined = undefined;
  /** Milliseconds, see `Flows.now`. */
  lastUsed = 0;
  private readonly server: FlowServer;
  private readonly place: Place;
  private route: FlowRoute | undefined = undefined;
  private backend: BackendEndpoints | undefined = undefined;
  /** As the backend had them when they were last looked at. */
  private endpoints: readonly Endpoint[] = [];
  private upstream: FlowUpstream | undefined = undefined;
  /** Endpoints that could not be reached since there was an answer. */
  private tried: Set<Endpoint> | undefined = undefined;
  /** There was an answer, and the client has sent nothing since. */
  private answered = false;
  /** The datagram that was sent last, until there is an answer; a large one is not kept. */
  private last: Buffer | undefined = undefined;
  private closed = false;

  constructor(server: FlowServer, address: string, port: number) {
    this.server = server;
    this.address = address;
    this.port = port;
    this.place = placeOf(server.flows.seed, address, port);
  }

  /** Chooses an endpoint, unless the flow has one that is still right. Returns whether it has one now. */
  settle(): boolean {
    const route = this.server.route();
    if (route === undefined) return false;
    const { backend, endpoints } = this;
    if (route === this.route && backend!.endpoints === endpoints) return true;
    this.tried = undefined;
    if (route !== this.route || backend!.endpoints.length === 0) {
      const key = route.backend(this.place.fraction);
      if (key === undefined) return false;
      this.route = route;
      this.backend = this.server.flows.context.backends.get(key);
    }
    this.endpoints = this.backend!.endpoints;
    if (backend === this.backend && this.keepsEndpoint()) return true;
    return this.moveTo(chooseEndpoint(this.endpoints, this.place.point, undefined));
  }

  /** From the client, which `settle` was called for. */
  forward(datagram: Buffer): void {
    const { answered, last, server, upstream } = this;
    if (answered) server.flows.prove(this);
    server.flows.touch(this);
    this.answered = false;
    this.last = datagram.length > maxKeptDatagramBytes ? tooLarge : datagram;
    // What was answered cannot have been refused.
    upstream!.send(datagram, last !== undefined);
  }

  onReply(datagram: Buffer): void {
    this.answered = true;
    this.last = undefined;
    this.tried = undefined;
    const { server } = this;
    server.flows.touch(this);
    server.reply(datagram, this.port, this.address);
  }

  /** The next endpoint is sent what this one did not get. When there is none left the flow ends; another datagram begins anew. */
  onUnreachable(): void {
    const { upstream, last } = this;
    (this.tried ??= new Set()).add(upstream!.endpoint);
    const isSent = !upstream!.hasWaiting;
    if (!this.moveTo(chooseEndpoint(this.endpoints, this.place.point, this.tried))) {
      this.close();
      return;
    }
    this.last = last;
    if (isSent && last !== undefined && last !== tooLarge) this.upstream!.send(last, true);
  }

  onExhausted(): void {
    this.close();
    this.server.flows.evict();
  }

  /** When draining, flows that are not in use end. */
  drain(): void {
    if (this.server.draining && this.isQuiet()) this.close();
  }

  cutShort(): boolean {
    const quiet = this.isQuiet();
    this.close();
    return !quiet;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.upstream?.close();
    // One that could not even begin is in no list.
    if (this.list === undefined) return;
    this.server.flows.remove(this);
    this.server.remove(this);
  }

  private isQuiet(): boolean {
    return performance.now() - this.lastUsed >= flowDrainTimeout + flowSweepInterval;
  }

  private keepsEndpoint(): boolean {
    return this.upstream !== undefined && this.endpoints.includes(this.upstream.endpoint);
  }

  /** What the endpoint before was not sent yet is for this one. Returns whether the flow has an endpoint. */
  private moveTo(endpoint: Endpoint | undefined): boolean {
    if (endpoint === undefined) return false;
    const { upstream, server } = this;
    if (endpoint === upstream?.endpoint) return true;
    const waiting = upstream?.takeWaiting() ?? [];
    upstream?.close();
    this.last = undefined;
    this.upstream = new FlowUpstream(endpoint, this, server.flows.room);
    this.upstream.open(server.flows.names);
    // It may have failed at once, and another one may be in its place.
    for (const datagram of waiting) this.upstream.send(datagram, true);
    return !this.closed;
  }
}

/** In the place of a datagram that is not kept. */
const tooLarge = Buffer.alloc(0);
