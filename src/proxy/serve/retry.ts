import type { Retry } from "../../program/program.ts";
import { firstRetryPause, mostRetryPauses } from "../limits.ts";

/** When a rule's requests are sent again, ready to run. */
export class RetryPolicy {
  /** Tries besides the first. */
  readonly attempts: number;
  private readonly codes: ReadonlySet<number>;
  private readonly pause: number;

  constructor({ attempts, codes, backoff }: Retry) {
    this.attempts = attempts;
    this.codes = new Set(codes);
    this.pause = backoff ?? firstRetryPause;
  }

  /** Whether an answer with this status is worth another try. */
  covers(status: number): boolean {
    return this.codes.has(status);
  }

  /** Milliseconds before the try with this number, from 1: doubled each time, half of it by chance. */
  pauseBefore(attempt: number): number {
    const pause = Math.min(this.pause * 2 ** (attempt - 1), this.pause * mostRetryPauses);
    return pause / 2 + (Math.random() * pause) / 2;
  }
}
