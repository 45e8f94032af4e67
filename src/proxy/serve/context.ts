import type { Backends } from "../upstream/backends.ts";

/** What all client connections of a worker share. */
export interface ServeContext {
  readonly backends: Backends;
  /** Every connection that is open, whatever it carries. */
  readonly connections: Set<OpenConnection>;
  draining: boolean;
}

export interface OpenConnection {
  /** Closes the connection if it is to go, because of a drain or because its listener is gone, and no request is on it. */
  drain(): void;
  /** Closes it at once. Returns whether that cut something short. */
  cutShort(): boolean;
}
