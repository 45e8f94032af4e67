import type { PathEdit } from "./path-modifier.ts";

/** `URLRewrite`, and `Host` set by a `RequestHeaderModifier`: where the request says that it goes. */
export class Rewrite {
  /** Replaces Host and `:authority`. */
  readonly hostname: string | undefined;
  private readonly path: PathEdit | undefined;

  constructor(hostname: string | undefined, path: PathEdit | undefined) {
    this.hostname = hostname;
    this.path = path;
  }

  /** The target to forward; see `PathEdit.apply`. */
  target(target: string, prefixLength: number | undefined): string {
    return this.path === undefined ? target : this.path.apply(target, prefixLength);
  }
}
