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
