import type { RetryBudget as Limits } from "../../program/program.ts";

/** Counts events over a span of time, forgetting them by halves: exact enough for a share, and of constant size. */
class RecentCount {
  private readonly half: number;
  private start = 0;
  private before = 0;
  private now = 0;

  /** @param span Milliseconds. */
  constructor(span: number) {
    this.half = span / 2;
  }

  add(time: number): void {
    this.roll(time);
    this.now++;
  }

  /** Events of the last span, or of a little less. */
  total(time: number): number {
    this.roll(time);
    return this.before + this.now;
  }

  private roll(time: number): void {
    const passed = time - this.start;
    if (passed < this.half) return;
    this.before = passed < 2 * this.half ? this.now : 0;
    this.now = 0;
    this.start = time;
  }
}

/**
 * Keeps second tries a share of what is sent to a backend, so that a backend in trouble is not buried under them
 * (Gateway API, `XBackendTrafficPolicy.retryConstraint`). Each worker counts for itself.
 */
export class RetryBudget {
  private readonly share: number;
  private readonly minCount: number;
  private readonly requests: RecentCount;
  private readonly retries: RecentCount;
  private readonly least: RecentCount;

  constructor({ percent, interval, minCount, minInterval }: Limits) {
    this.share = percent / 100;
    this.minCount = minCount;
    this.requests = new RecentCount(interval);
    this.retries = new RecentCount(interval);
    this.least = new RecentCount(minInterval);
  }

  noteRequest(time: number): void {
    this.requests.add(time);
  }

  /** Counts a retry if it may be made. */
  take(time: number): boolean {
    const inShare = this.retries.total(time) + 1 <= this.share * this.requests.total(time);
    if (!inShare && this.least.total(time) >= this.minCount) return false;
    this.retries.add(time);
    this.least.add(time);
    return true;
  }
}
