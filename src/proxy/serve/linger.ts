import { Timer } from "../../std/timer-wheel.ts";
import { clientStallTimeout, lingerBytes, lingerTimeout } from "../limits.ts";
import { coarseTimers } from "../timers.ts";
import type { Transport, TransportOwner } from "../transport/transport.ts";
import type { OpenConnection } from "./context.ts";

/**
 * What a client's connection becomes after its last answer: the answer leaves, then FIN; what the client still sends is read
 * and dropped for a while, because a reset would take the answer with it (RFC 9112 section 9.6).
 */
export class Linger implements TransportOwner, OpenConnection {
  private readonly transport: Transport;
  private readonly connections: Set<OpenConnection>;
  private readonly timer = new Timer(this);
  private dropped = 0;

  constructor(transport: Transport, connections: Set<OpenConnection>) {
    this.transport = transport;
    this.connections = connections;
    connections.add(this);
    transport.owner = this;
    coarseTimers.arm(this.timer, clientStallTimeout);
    transport.end();
    transport.watchProgress();
    transport.resume();
  }

  onBytes(_: Buffer, length: number): void {
    this.dropped += length;
    if (this.dropped > lingerBytes) this.transport.drop();
  }

  onEnd(): void {
    // With both directions over, the connection closes by itself.
  }

  onDrain(): void {
    coarseTimers.arm(this.timer, lingerTimeout);
  }

  onClose(): void {
    this.timer.disarm();
    this.connections.delete(this);
  }

  onTimer(): void {
    if (this.transport.stalled) this.transport.drop();
    else coarseTimers.arm(this.timer, clientStallTimeout);
  }

  drain(): void {
    // It is on its way out.
  }

  cutShort(): boolean {
    return this.transport.drop();
  }
}
