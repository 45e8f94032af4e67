/** Why a backend gave no answer, or not all of it. */
export interface UpstreamFailure {
  /** `refused`: the other side says that it has not begun with it. */
  readonly code: "connect" | "connect-timeout" | "refused" | "closed" | "reset" | "protocol" | "truncated";
  /** For people: goes into logs, never to clients. */
  readonly detail: string;
}
