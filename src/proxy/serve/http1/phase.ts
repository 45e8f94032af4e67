/** What a client's HTTP/1 connection is at. */
export const Phase = {
  /** Between two requests, or in the middle of a head. */
  head: 0,
  /** A request is being served. */
  request: 1,
  /** The transport is closed, or serves somebody else. */
  closed: 2,
} as const;
