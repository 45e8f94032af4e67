import { type KubeError, stopped } from "./error.ts";

/** Ends when one of its sources is aborted or its time is up; leaves no listener on a source after `close`. */
export class Scope {
  private readonly controller = new AbortController();
  private readonly sources: readonly AbortSignal[];
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly stop = (): void => this.end(stopped());

  /** @param limit Milliseconds, and the error that says that they are over. */
  constructor(
    sources: readonly (AbortSignal | undefined)[],
    limit?: { readonly after: number; readonly error: () => KubeError },
  ) {
    this.sources = sources.filter((source) => source !== undefined);
    for (const source of this.sources) source.addEventListener("abort", this.stop, { once: true });
    if (limit !== undefined) this.timer = setTimeout(() => this.end(limit.error()), limit.after);
    if (this.sources.some(({ aborted }) => aborted)) this.stop();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Why it ended. */
  get reason(): KubeError {
    const { reason }: { reason: unknown } = this.controller.signal;
    return reason as KubeError;
  }

  close(): void {
    clearTimeout(this.timer);
    for (const source of this.sources) source.removeEventListener("abort", this.stop);
  }

  private end(reason: KubeError): void {
    this.close();
    this.controller.abort(reason);
  }
}
