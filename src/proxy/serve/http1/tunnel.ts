import { readBufferBytes } from "../../limits.ts";
import type { Transport, TransportOwner } from "../../transport/transport.ts";
import type { OpenConnection } from "../context.ts";

/** Ties two connections together. What runs there cannot be told when it is finished: a drain waits for its end or its deadline. */
export function openTunnel(client: Transport, upstream: Transport, connections: Set<OpenConnection>): void {
  const tunnel = new Tunnel(client, upstream, () => connections.delete(entry));
  const entry: OpenConnection = { drain: () => undefined, cutShort: () => tunnel.destroy() };
  connections.add(entry);
}

/**
 * Two connections that pass on whatever comes, each at its own pace, until both sides are done: what an Upgrade
 * leads to. A peer that stops sending may still receive (half-close).
 */
class Tunnel {
  private readonly client: Side;
  private readonly upstream: Side;

  constructor(client: Transport, upstream: Transport, onClosed: () => void) {
    this.client = new Side(client, onClosed);
    this.upstream = new Side(upstream, undefined);
    this.client.other = this.upstream;
    this.upstream.other = this.client;
    client.owner = this.client;
    upstream.owner = this.upstream;
    client.resume();
    upstream.resume();
  }

  /** Returns true: whatever was said here was cut short. */
  destroy(): true {
    this.client.transport.reset();
    this.upstream.transport.reset();
    return true;
  }
}

class Side implements TransportOwner {
  readonly transport: Transport;
  other: Side | undefined;
  private readonly onClosed: (() => void) | undefined;

  constructor(transport: Transport, onClosed: (() => void) | undefined) {
    this.transport = transport;
    this.onClosed = onClosed;
  }

  onBytes(buffer: Buffer, length: number): void {
    const to = this.other!.transport;
    to.writeBytes(buffer, 0, length, this.transport);
    if (length === readBufferBytes) this.transport.beginBulk();
    if (to.congested) this.transport.pause();
  }

  onEnd(): void {
    this.other!.transport.end();
  }

  onDrain(): void {
    this.other!.transport.resume();
  }

  onClose(error: Error | undefined): void {
    const other = this.other!.transport;
    // A reset is passed on as one; otherwise what was written may still leave.
    if (error === undefined) other.end();
    else other.destroy();
    this.onClosed?.();
  }
}
