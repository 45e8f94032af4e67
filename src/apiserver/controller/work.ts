import { reportBug } from "../../std/bug.ts";
import { ApiError } from "../error.ts";

/** Items that one turn of the event loop works off: requests come between. */
const BATCH = 100;
/** Milliseconds until an item that failed is tried again, doubled each time. */
const FIRST_RETRY = 50;
const MAX_RETRY = 10_000;

/** Keys that have work to do, each once, worked off in their order; a failure is tried again later. */
export class WorkQueue {
  private readonly work: (key: string) => void;
  private readonly keys = new Set<string>();
  private readonly failures = new Map<string, number>();
  private readonly retries = new Set<NodeJS.Timeout>();
  private turn: NodeJS.Immediate | undefined;
  private isStopped = false;

  constructor(work: (key: string) => void) {
    this.work = work;
  }

  add(key: string): void {
    if (this.isStopped) return;
    this.keys.add(key);
    this.turn ??= setImmediate(() => this.run());
  }

  stop(): void {
    this.isStopped = true;
    if (this.turn !== undefined) clearImmediate(this.turn);
    for (const retry of this.retries) clearTimeout(retry);
  }

  private run(): void {
    this.turn = undefined;
    let left = BATCH;
    for (const key of this.keys) {
      if (left-- === 0) break;
      this.keys.delete(key);
      this.attempt(key);
    }
    if (this.keys.size > 0 && !this.isStopped) this.turn = setImmediate(() => this.run());
  }

  private attempt(key: string): void {
    try {
      this.work(key);
      this.failures.delete(key);
    } catch (error) {
      // A refusal (a policy, a conflict) may be over tomorrow; anything else is a mistake of ours.
      if (!(error instanceof ApiError)) reportBug(error);
      const count = this.failures.get(key) ?? 0;
      this.failures.set(key, count + 1);
      const retry = setTimeout(
        () => {
          this.retries.delete(retry);
          this.add(key);
        },
        Math.min(FIRST_RETRY * 2 ** count, MAX_RETRY),
      );
      this.retries.add(retry);
    }
  }
}
