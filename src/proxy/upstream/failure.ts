/** Why a backend gave no answer, or not all of it. */
export interface UpstreamFailure {
  readonly code: "connect" | "connect-timeout" | "closed" | "reset" | "protocol" | "truncated";
  /** For people: goes into logs, never to clients. */
  readonly detail: string;
}
