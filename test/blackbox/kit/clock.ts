import { performance } from "node:perf_hooks";
import type { TestContext } from "node:test";
import { coarseTimers, fineTimers } from "../../../src/proxy/timers.ts";
import { Timer, type TimerWheel } from "../../../src/std/timer-wheel.ts";

/** A clock that can be put forward: what is due after a minute is due at the next tick, and nobody waits for it. */
export class Clock {
  private ahead = 0;

  constructor(t: TestContext) {
    const now = performance.now.bind(performance);
    t.mock.method(performance, "now", () => now() + this.ahead);
  }

  /** Resolves when every timer of the proxy has fired that is due by then. */
  async skip(milliseconds: number): Promise<void> {
    this.ahead += milliseconds;
    await Promise.all([ticked(fineTimers), ticked(coarseTimers)]);
  }
}

async function ticked(wheel: TimerWheel): Promise<void> {
  await new Promise<void>((resolve) => wheel.arm(new Timer({ onTimer: () => resolve() }), 0));
  await new Promise(setImmediate);
}
