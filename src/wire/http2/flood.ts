import { channel } from "node:diagnostics_channel";

/** What a connection was flooded with. */
export type FloodKind =
  | "rapid-reset"
  | "forced-reset"
  | "refused-streams"
  | "settings"
  | "ping"
  | "priority"
  | "empty-data"
  | "window-update"
  | "goaway"
  | "unknown-frames"
  | "continuation"
  | "header-block"
  | "unread-answers";

/** A connection that was ended for a flood. */
export interface Flood {
  readonly kind: FloodKind;
  /** Who has flooded. */
  readonly peer: "client" | "backend";
  /** Of the socket that listens, or of the endpoint. */
  readonly address: string;
  readonly port: number;
}

const endings = channel("gatewright.http2.flood");

/** Tells whoever listens; costs nothing when nobody does. */
export function publishFlood(kind: FloodKind, peer: Flood["peer"], address: string, port: number): void {
  if (endings.hasSubscribers) endings.publish({ kind, peer, address, port } satisfies Flood);
}

/** Calls back with each connection of this process that is ended for a flood, from now on. */
export function onFlood(callback: (flood: Flood) => void): void {
  endings.subscribe((message) => callback(message as Flood));
}
