import { flowIdleTimeout, flowSweepInterval } from "../../limits.ts";
import { coarseTimers } from "../../timers.ts";
import { Timer } from "../../../std/timer-wheel.ts";
import type { ServeContext } from "../context.ts";
import type { Flow } from "./flow.ts";
import { FlowList } from "./flow-list.ts";
import { Names } from "./names.ts";
import { WaitingRoom } from "./waiting.ts";

/** All flows of a worker: how many there may be, and which one goes first. */
export class Flows {
  readonly context: ServeContext;
  /** Of the workers of a run: a source has the same endpoint in all of them. */
  readonly seed: number;
  readonly names = new Names();
  readonly room = new WaitingRoom();
  /** Milliseconds of `performance.now()`, at most `flowSweepInterval` ago: good enough for what is idle, and free for a datagram. */
  now = 0;
  size = 0;
  /**
   * A flow is proven when its client has sent again after an answer: it is who it says. Those that are not go first, as in Linux's
   * connection tracking, so that datagrams with invented sources do not push out what is in use.
   */
  private readonly unproven = new FlowList();
  private readonly proven = new FlowList();
  private readonly most: number;
  private readonly timer = new Timer(this);

  constructor(context: ServeContext, seed: number, most: number) {
    this.context = context;
    this.seed = seed;
    this.most = most;
  }

  add(flow: Flow): void {
    if (this.size >= this.most) this.evict();
    this.now = performance.now();
    flow.lastUsed = this.now;
    this.unproven.add(flow);
    this.size++;
    this.context.connections.add(flow);
    if (!this.timer.armed) coarseTimers.arm(this.timer, flowSweepInterval);
  }

  /** The flow was used, in whichever direction. */
  touch(flow: Flow): void {
    flow.lastUsed = this.now;
    flow.list!.touch(flow);
  }

  prove(flow: Flow): void {
    if (flow.list === this.proven) return;
    flow.list!.remove(flow);
    this.proven.add(flow);
  }

  remove(flow: Flow): void {
    flow.list!.remove(flow);
    if (--this.size === 0) this.timer.disarm();
    this.context.connections.delete(flow);
  }

  /** Ends the flow that is missed the least. */
  evict(): void {
    (this.unproven.oldest ?? this.proven.oldest)?.close();
  }

  onTimer(): void {
    this.now = performance.now();
    // What was used shortly before the last look has the time of that look.
    const before = this.now - flowIdleTimeout - flowSweepInterval;
    for (const list of [this.unproven, this.proven])
      while (list.oldest !== undefined && list.oldest.lastUsed <= before) list.oldest.close();
    if (this.size > 0) coarseTimers.arm(this.timer, flowSweepInterval);
  }
}
