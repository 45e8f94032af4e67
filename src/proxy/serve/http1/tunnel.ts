import { Timer } from "../../../std/timer-wheel.ts";
import { relayIdleTimeout } from "../../limits.ts";
import { coarseTimers } from "../../timers.ts";
import type { Transport } from "../../transport/transport.ts";
import type { OpenConnection } from "../context.ts";
import { RelaySide, type Tie } from "../relay/relay-side.ts";

/**
 * Two connections that pass on whatever comes until both sides are done: what an Upgrade leads to. What runs there cannot be told when it is
 * finished: a drain waits for its end or its deadline.
 */
export class Tunnel implements Tie, OpenConnection {
  private readonly client: RelaySide;
  private readonly upstream: RelaySide;
  private readonly connections: Set<OpenConnection>;
  /** Looks for a side that has failed while the other one takes nothing of what that has said. */
  private readonly timer = new Timer(this);
  /** At the last look. */
  private failed = false;

  constructor(client: Transport, upstream: Transport, connections: Set<OpenConnection>) {
    this.connections = connections;
    connections.add(this);
    this.client = RelaySide.of(client, this);
    this.upstream = RelaySide.of(upstream, this);
    this.client.tie(this.upstream);
    this.upstream.tie(this.client);
    coarseTimers.arm(this.timer, relayIdleTimeout);
  }

  noteActivity(): void {
    // Who upgrades looks after the connection himself.
  }

  onSideClosed(): void {
    if (!this.client.closed || !this.upstream.closed) return;
    this.timer.disarm();
    this.connections.delete(this);
  }

  onTimer(): void {
    const failed = this.client.failed || this.upstream.failed;
    if (failed && this.failed) return void this.cutShort();
    this.failed = failed;
    coarseTimers.arm(this.timer, relayIdleTimeout);
  }

  drain(): void {
    // See above.
  }

  /** Returns true: whatever was said here was cut short. */
  cutShort(): true {
    this.client.transport.reset();
    this.upstream.transport.reset();
    return true;
  }
}
