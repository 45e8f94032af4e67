import { TimerWheel } from "../std/timer-wheel.ts";

/** Request, attempt and connect timeouts: routes state them in milliseconds. */
export const fineTimers = new TimerWheel(10);

/** Head, idle and stall timeouts: many, long, and never in a hurry. */
export const coarseTimers = new TimerWheel(500);
