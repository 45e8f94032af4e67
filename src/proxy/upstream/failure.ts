/** Why a backend gave no answer, or not all of it. */
export interface UpstreamFailure {
  /** `refused`: the other side says that it has not begun with it. `unsupported`: it does not take a WebSocket. */
  readonly code:
    | "connect"
    | "connect-timeout"
    | "refused"
    | "closed"
    | "reset"
    | "protocol"
    | "truncated"
    | "unsupported";
  /** For people: goes into logs, never to clients. */
  readonly detail: string;
}
