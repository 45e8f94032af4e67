import { Backoff } from "../std/backoff.ts";

/** Milliseconds without trouble after which all is forgotten. */
const CALM = 300_000;

/** Holds off what would otherwise be done again and again, a little longer each time. */
export class Pace {
  private readonly backoff: Backoff;
  private timer: NodeJS.Timeout | undefined;
  /** On the clock of `performance.now()`. */
  private heldUntil = -Infinity;

  /** @param first Milliseconds of the first pause. @param most Milliseconds that no pause exceeds. */
  constructor(first: number, most: number) {
    this.backoff = new Backoff(first, most);
  }

  /** Calls `action` now, or once when the pause is over. */
  run(action: () => void): void {
    const wait = this.heldUntil - performance.now();
    if (wait <= 0) {
      clearTimeout(this.timer);
      this.timer = undefined;
      action();
      return;
    }
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      action();
    }, wait);
  }

  /** Begins a pause. */
  hold(): void {
    const now = performance.now();
    if (now - this.heldUntil > CALM) this.backoff.reset();
    this.heldUntil = now + this.backoff.next();
  }

  /** Ends the pause, forgets the ones before, and what waits is not called. */
  reset(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.heldUntil = -Infinity;
    this.backoff.reset();
  }
}
