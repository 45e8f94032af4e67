import type { PathModifier } from "../../program/program.ts";
import { encodePath } from "./uri.ts";

/** `path` of `URLRewrite` and `RequestRedirect`. */
export class PathEdit {
  private readonly type: PathModifier["type"];
  /** What is put in; for `ReplacePrefixMatch` without a slash at its end. */
  private readonly path: string;
  /** A replacement that has a query of its own; otherwise the query of the request stays. */
  private readonly query: string | undefined;

  constructor(modifier: PathModifier) {
    this.type = modifier.type;
    const mark = modifier.value.indexOf("?");
    const value = mark < 0 ? modifier.value : modifier.value.slice(0, mark);
    const path = encodePath(value);
    this.path = this.type === "ReplacePrefixMatch" ? path.replace(/\/+$/, "") : path;
    this.query = mark < 0 ? undefined : encodePath(modifier.value.slice(mark)).slice(1);
  }

  /**
   * `target` is in origin-form. `prefixLength`: characters of its path that the match took (0 for `/`);
   * `undefined` when it was not a prefix, and then `ReplacePrefixMatch` changes nothing.
   */
  apply(target: string, prefixLength: number | undefined): string {
    if (this.type === "ReplacePrefixMatch" && prefixLength === undefined) return target;
    const mark = target.indexOf("?");
    const pathEnd = mark < 0 ? target.length : mark;
    const query = this.query ?? target.slice(pathEnd);
    if (this.type === "ReplaceFullPath" || prefixLength === undefined) return this.path + query;
    // What is left begins with a slash or is empty, because prefixes end where a segment ends.
    const path = this.path + target.slice(prefixLength, pathEnd);
    return (path === "" ? "/" : path) + query;
  }
}
