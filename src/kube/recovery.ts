import { Backoff } from "../std/backoff.ts";
import { failure, type KubeError } from "./error.ts";
import type { Phase } from "./list-watch.ts";
import { between } from "./pause.ts";
import type { WatchLimits } from "./watch-limits.ts";

/** What to do after a watch has ended. */
export interface Verdict {
  /** Milliseconds to wait. */
  readonly pause: number;
  /** Everything has to be read anew. */
  readonly forget: boolean;
  /** The kind may be gone, or in another version. */
  readonly relocate: boolean;
  readonly phase: Phase;
  readonly error: KubeError | undefined;
}

/**
 * Watches in a row that were granted and ended at once without news, until we stop to believe in the version that they
 * began from: proxies turn the refusal of an old version into an empty answer.
 */
const MAX_FRUITLESS = 3;

/** Milliseconds of `Retry-After` that are believed. */
const MAX_RETRY_AFTER = 300_000;

/** Decides how a list-watch goes on, by how its last rounds have ended. */
export class Recovery {
  /** The server has granted the watch of this round. */
  opened = false;
  /** … and has brought news. */
  progressed = false;
  private readonly limits: WatchLimits;
  private readonly backoff: Backoff;
  private startedAt = 0;
  private fruitless = 0;
  private expired = 0;

  constructor(limits: WatchLimits) {
    this.limits = limits;
    this.backoff = new Backoff(limits.retryFirst, limits.retryMost);
  }

  /** A round begins. */
  begin(): void {
    this.opened = false;
    this.progressed = false;
    this.startedAt = performance.now();
  }

  /** @param error Why the round has ended; none when the server ended the watch properly. */
  after(error: KubeError | undefined): Verdict {
    const healthy = this.opened && performance.now() - this.startedAt >= this.limits.healthy;
    if (healthy) {
      this.backoff.reset();
      this.expired = 0;
    }
    if (healthy || this.progressed) this.fruitless = 0;
    else if (this.opened || error?.isFromFuture === true) this.fruitless++;
    const told = Math.min((error?.retryAfterSeconds ?? 0) * 1000, MAX_RETRY_AFTER);
    const soon = between(0, this.limits.reopen);
    if (error?.isExpired === true) {
      const pause = this.expired++ === 0 ? soon : this.backoff.next();
      return { pause: Math.max(told, pause), forget: true, relocate: false, phase: "connecting", error };
    }
    if (error?.code === 404 || error?.code === 403) {
      const phase =
        error.code === 403 ? "forbidden" : error.reason === "KindNotServed" ? "absent" : "failing";
      const { slowRetry } = this.limits;
      const pause = phase === "failing" ? this.backoff.next() : between(slowRetry, 1.5 * slowRetry);
      return { pause, forget: error.code === 404, relocate: true, phase, error };
    }
    const loops = error === undefined && this.fruitless > 1;
    const said = loops ? failure("BadAnswer", "The server ends every watch at once") : error;
    const forget = this.fruitless >= MAX_FRUITLESS;
    if (forget) this.fruitless = 0;
    const pause = Math.max(told, healthy ? soon : this.backoff.next());
    return { pause, forget, relocate: false, phase: phaseOf(said, healthy), error: said };
  }
}

function phaseOf(error: KubeError | undefined, healthy: boolean): Phase {
  if (error === undefined) return "watching";
  if (error.code === 401 || error.reason === "NoCredentials") return "unauthorized";
  return healthy ? "connecting" : "failing";
}
