import { stopped } from "./error.ts";

/** Waits. Rejects at once, with a `KubeError` of reason `Stopped`, when the signal is aborted. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(stopped());
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      reject(stopped());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** A number between `low` and `high`, so that many do not act in step. */
export function between(low: number, high: number): number {
  return low + Math.random() * (high - low);
}
