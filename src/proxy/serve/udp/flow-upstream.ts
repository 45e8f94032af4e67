import type { Socket } from "node:dgram";
import { isIP } from "node:net";
import { reportBug } from "../../../std/bug.ts";
import { maxUpstreamQueueBytes, upstreamReceiveBuffer } from "../../limits.ts";
import type { Endpoint } from "../../upstream/endpoint.ts";
import { datagramSocket, enlargeReceiveBuffer, SendQueue } from "./datagram-socket.ts";
import type { NameOwner, Names } from "./names.ts";
import { Waiting, type WaitingRoom } from "./waiting.ts";

/** Whom the datagrams are for, and who is told when none get through. */
export interface UpstreamOwner {
  onReply(datagram: Buffer): void;
  /** The endpoint cannot be reached. What it was sent last may not have reached it. */
  onUnreachable(): void;
  /** This machine has no socket left. */
  onExhausted(): void;
}

/**
 * A flow's socket towards its endpoint. It is connected: the kernel passes on what comes from the endpoint, and nothing else, and tells
 * when the endpoint's host says that nobody is there (ICMP).
 */
export class FlowUpstream implements NameOwner {
  readonly endpoint: Endpoint;
  private readonly owner: UpstreamOwner;
  private socket: Socket | undefined = undefined;
  private queue: SendQueue | undefined = undefined;
  private closed = false;
  /** Datagrams from before there is a connected socket; undefined once there is. */
  private waiting: Waiting | undefined;
  /** One for all sends of the flow that want to know. */
  private readonly onSent = (error: Error | null): void => {
    if (error !== null) this.fail(error);
  };

  constructor(endpoint: Endpoint, owner: UpstreamOwner, room: WaitingRoom) {
    this.endpoint = endpoint;
    this.owner = owner;
    this.waiting = new Waiting(room);
  }

  open(names: Names): void {
    const { address } = this.endpoint;
    if (address.lookup === undefined && isIP(address.host) !== 0) this.onAddress(address.host);
    else names.resolve(address, this);
  }

  onAddress(address: string | undefined): void {
    if (this.closed) return;
    if (address === undefined) {
      this.owner.onUnreachable();
      return;
    }
    const socket = datagramSocket(address);
    this.socket = socket;
    socket.on("error", (error) => this.fail(error));
    socket.once("connect", () => this.onConnect(socket));
    socket.on("message", (datagram) => {
      try {
        if (!this.closed) this.owner.onReply(datagram);
      } catch (error) {
        reportBug(error);
      }
    });
    socket.bind({ port: 0, exclusive: true });
    // It may have failed at once.
    if (!this.closed) socket.connect(this.endpoint.port, address);
  }

  /**
   * @param watched Whether to look for an error at once. A refusal is kept by the kernel until the next call, which may be a send: that
   * datagram is not sent, and only the send tells.
   */
  send(datagram: Buffer, watched: boolean): void {
    const { socket, waiting, queue } = this;
    if (this.closed) return;
    if (waiting !== undefined) waiting.add(datagram);
    else if (!queue!.takes(datagram.length)) return;
    else if (watched) socket!.send(datagram, this.onSent);
    else socket!.send(datagram);
  }

  get hasWaiting(): boolean {
    return this.waiting !== undefined && this.waiting.count > 0;
  }

  /** Datagrams that were not sent because there was no connected socket. */
  takeWaiting(): readonly Buffer[] {
    return this.waiting?.take() ?? [];
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.waiting?.take();
    this.socket?.close();
  }

  private onConnect(socket: Socket): void {
    if (this.closed) return;
    enlargeReceiveBuffer(socket, upstreamReceiveBuffer);
    this.queue = new SendQueue(socket, maxUpstreamQueueBytes);
    const { waiting } = this;
    this.waiting = undefined;
    for (const datagram of waiting?.take() ?? []) this.send(datagram, true);
  }

  private fail({ code = "" }: NodeJS.ErrnoException): void {
    if (this.closed) return;
    if (unreachable.has(code)) this.owner.onUnreachable();
    else if (this.waiting !== undefined) this.owner.onExhausted();
    // Else one datagram was too long, or found no room: it is lost, as datagrams may be.
  }
}

/** Errors that say something of the endpoint, and not of the datagram or of this machine. */
const unreachable: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "EAFNOSUPPORT",
  "EACCES",
  "EINVAL",
]);
