import type { RemoteInfo, Socket } from "node:dgram";
import { reportBug } from "../../../std/bug.ts";
import { maxListenerQueueBytes } from "../../limits.ts";
import { SendQueue } from "./datagram-socket.ts";
import { Flow } from "./flow.ts";
import { FlowTable } from "./flow-table.ts";
import type { Flows } from "./flows.ts";

/** Where the flows of a listening socket go; an object of its own for each version of a route. */
export interface FlowRoute {
  /** Key of a backend; undefined: they are dropped. `fraction` is at least 0 and below 1. */
  backend(fraction: number): string | undefined;
}

export interface FlowRouting {
  /** Flows name nothing (`""`). */
  chooseL4(serverName: ""): FlowRoute | undefined;
}

/** The flows of one listening socket. */
export class FlowServer {
  readonly flows: Flows;
  draining = false;
  private readonly routing: FlowRouting;
  private readonly socket: Socket;
  private readonly queue: SendQueue;
  private readonly table = new FlowTable();
  private closed = false;

  constructor(socket: Socket, routing: FlowRouting, flows: Flows) {
    this.socket = socket;
    this.routing = routing;
    this.flows = flows;
    this.queue = new SendQueue(socket, maxListenerQueueBytes);
    socket.on("message", (datagram, { address, port }: RemoteInfo) => {
      try {
        this.receive(datagram, address, port);
      } catch (error) {
        reportBug(error);
      }
    });
  }

  route(): FlowRoute | undefined {
    return this.routing.chooseL4("");
  }

  /** To the client of a flow, and to nobody else. */
  reply(datagram: Buffer, port: number, address: string): void {
    if (this.queue.takes(datagram.length)) this.socket.send(datagram, port, address);
  }

  /** Begins no flows any more, and closes when the last one has ended. */
  drain(): void {
    this.draining = true;
    this.closeIfDone();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.socket.close();
    for (const flow of this.table.all()) flow.close();
  }

  remove(flow: Flow): void {
    this.table.delete(flow);
    if (this.draining) this.closeIfDone();
  }

  private receive(datagram: Buffer, address: string, port: number): void {
    const flow = this.table.get(address, port);
    if (flow === undefined) this.begin(datagram, address, port);
    else if (flow.settle()) flow.forward(datagram);
    else flow.close();
  }

  /** Port 0 is that of a client which can have no answer (RFC 768); nobody but an attacker has it. */
  private begin(datagram: Buffer, address: string, port: number): void {
    if (this.draining || port === 0) return;
    const flow = new Flow(this, address, port);
    if (!flow.settle()) return;
    this.table.add(flow);
    this.flows.add(flow);
    flow.forward(datagram);
  }

  private closeIfDone(): void {
    if (this.table.size === 0) this.close();
  }
}
