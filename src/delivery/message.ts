import type { ProgramChange } from "../program/change.ts";
import type { FloodCount } from "./flood-tally.ts";

/** Control plane to proxy. */
export type ToProxy =
  /**
   * First. `secret`: what the workers of a run know and nobody else does, in base64; keys are derived from it. `workers`: how many they are.
   */
  | { readonly type: "begin"; readonly secret: string; readonly workers: number }
  | { readonly type: "change"; readonly change: ProgramChange }
  /** Stop accepting, finish what runs, exit; after `deadline` milliseconds cut what is left. */
  | { readonly type: "drain"; readonly deadline: number };

/** Proxy to control plane. */
export type FromProxy =
  /** It listens to its channel: what is sent before that is lost. */
  | { readonly type: "listening" }
  | Acknowledgement
  /** Connections that it has ended since it told of some last. */
  | { readonly type: "floods"; readonly floods: readonly FloodCount[] }
  /** Nothing is left to serve. */
  | { readonly type: "drained"; readonly cut: number };

/** The proxy serves this version from now on, but for the listeners that it could not bind. */
export interface Acknowledgement {
  readonly type: "ack";
  readonly version: number;
  readonly failures: readonly BindFailure[];
}

export interface BindFailure {
  /** Key of the listener. */
  readonly listener: string;
  /** As the system names it: `EADDRINUSE`, `EACCES` ... */
  readonly code: string;
  readonly message: string;
}
