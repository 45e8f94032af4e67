import { stopped } from "./error.ts";

/** Lets so many do something at a time; the others wait for their turn, first come, first served. */
export class Limiter {
  private readonly most: number;
  private busy = 0;
  private readonly waiting = new Set<() => void>();

  constructor(most: number) {
    this.most = most;
  }

  /** Resolves to what gives the turn back; calling it again does nothing. */
  async acquire(signal: AbortSignal): Promise<() => void> {
    if (this.busy >= this.most) await this.turn(signal);
    else this.busy++;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const [next] = this.waiting;
      if (next === undefined) this.busy--;
      else {
        this.waiting.delete(next);
        next();
      }
    };
  }

  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener("abort", stop);
        resolve();
      };
      const stop = (): void => {
        this.waiting.delete(go);
        reject(stopped());
      };
      if (signal.aborted) stop();
      else {
        signal.addEventListener("abort", stop, { once: true });
        this.waiting.add(go);
      }
    });
  }
}
