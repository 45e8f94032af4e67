import { reportBug } from "./bug.ts";

/** Called when a timer is due. */
export interface TimerOwner {
  onTimer(timer: Timer): void;
}

/**
 * A timer that is made once with its owner and armed many times. It is its own list node, so arming and
 * disarming allocate nothing.
 */
export class Timer {
  readonly owner: TimerOwner;
  /** Milliseconds of `performance.now()`. */
  deadline = 0;
  wheel: TimerWheel | undefined;
  slot = 0;
  previous: Timer | undefined;
  next: Timer | undefined;

  constructor(owner: TimerOwner) {
    this.owner = owner;
  }

  get armed(): boolean {
    return this.wheel !== undefined;
  }

  /** Stops the timer; nothing happens if it was not armed. */
  disarm(): void {
    this.wheel?.remove(this);
  }
}

/** Power of two, so that a slot is a mask away. */
const SLOTS = 256;

/**
 * A hashed timing wheel (Varghese and Lauck, 1987): a timer goes into the slot of its deadline and stays there
 * for as many rounds as it needs. It ticks only while a timer is armed, and never keeps the process alive.
 */
export class TimerWheel {
  private readonly tick: number;
  private readonly heads: (Timer | undefined)[] = Array.from({ length: SLOTS }, () => undefined);
  private count = 0;
  /** Number of the tick that was handled last. */
  private current = 0;
  private interval: NodeJS.Timeout | undefined;

  /** @param tick Milliseconds between two looks: the precision of every timer on this wheel. */
  constructor(tick: number) {
    this.tick = tick;
  }

  /** Arms the timer to fire once, in `delay` milliseconds or up to one tick later. Arming again moves it. */
  arm(timer: Timer, delay: number): void {
    timer.disarm();
    const now = performance.now();
    if (this.count === 0) this.start(now);
    timer.deadline = now + delay;
    const ticks = Math.max(Math.ceil(timer.deadline / this.tick), this.current + 1);
    timer.slot = ticks & (SLOTS - 1);
    timer.wheel = this;
    timer.previous = undefined;
    timer.next = this.heads[timer.slot];
    if (timer.next !== undefined) timer.next.previous = timer;
    this.heads[timer.slot] = timer;
    this.count++;
  }

  remove(timer: Timer): void {
    if (timer.previous === undefined) this.heads[timer.slot] = timer.next;
    else timer.previous.next = timer.next;
    if (timer.next !== undefined) timer.next.previous = timer.previous;
    timer.wheel = undefined;
    timer.previous = undefined;
    timer.next = undefined;
    this.count--;
  }

  private start(now: number): void {
    this.current = Math.floor(now / this.tick);
    this.interval ??= setInterval(() => this.advance(), this.tick).unref();
  }

  private advance(): void {
    if (this.count === 0) {
      clearInterval(this.interval);
      this.interval = undefined;
      return;
    }
    const now = performance.now();
    const last = Math.floor(now / this.tick);
    // After a long stall every slot is due once, not once a round.
    const first = Math.max(this.current + 1, last - SLOTS + 1);
    this.current = last;
    for (let ticks = first; ticks <= last; ticks++) this.fire(ticks & (SLOTS - 1), now);
  }

  private fire(slot: number, now: number): void {
    let due: Timer[] | undefined;
    for (let timer = this.heads[slot]; timer !== undefined; timer = timer.next) {
      if (timer.deadline <= now) (due ??= []).push(timer);
    }
    if (due === undefined) return;
    for (const timer of due) {
      // An owner that was called before may have disarmed or moved it.
      if (timer.wheel !== this || timer.deadline > now) continue;
      this.remove(timer);
      try {
        timer.owner.onTimer(timer);
      } catch (error) {
        reportBug(error);
      }
    }
  }
}
