import type { Retry } from "../../../program/program.ts";
import type { Head } from "../../../wire/http1/head.ts";
import { firstRetryPause, mostRetryPauses } from "../../limits.ts";

/** gRPC's UNAVAILABLE, in a head: "the backend explicitly rejected the request before processing it". */
const unavailable = "14";

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

  /** Whether an answer with this head is worth another try. */
  covers(head: Head): boolean {
    return this.codes.has(head.status) || (head.status === 200 && head.get("grpc-status") === unavailable);
  }

  /** Milliseconds before the try with this number, from 1: doubled each time, half of it by chance. */
  pauseBefore(attempt: number): number {
    const pause = Math.min(this.pause * 2 ** (attempt - 1), this.pause * mostRetryPauses);
    return pause / 2 + (Math.random() * pause) / 2;
  }
}
