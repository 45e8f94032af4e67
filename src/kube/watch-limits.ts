/** Milliseconds, unless it says otherwise. */
export interface WatchLimits {
  /** The server is asked to end a watch after between one and two times this. */
  readonly lifetime: number;
  /** Given to the server beyond that. */
  readonly grace: number;
  /** Without a byte, on a watch, until it is cut and begun again where it was. Bookmarks come about once a minute. */
  readonly quiet: number;
  /** The same while a watch still brings the objects that are there already. */
  readonly initialQuiet: number;
  /** A watch that stood this long was a good one: what went wrong before it is forgotten. */
  readonly healthy: number;
  /** At most, before a watch that ended in good health is opened again. */
  readonly reopen: number;
  /** Pauses after failures: the first, and the longest. */
  readonly retryFirst: number;
  readonly retryMost: number;
  /** Between looks whether a kind that is not served, or not for us, has become so. */
  readonly slowRetry: number;
  /** For which an answer counts that says which kinds are served. */
  readonly discovery: number;
  /** Bytes of one event. */
  readonly eventBytes: number;
  /** Objects per page of a list. */
  readonly page: number;
}

export const defaultWatchLimits: WatchLimits = {
  lifetime: 300_000,
  grace: 30_000,
  quiet: 150_000,
  initialQuiet: 30_000,
  healthy: 10_000,
  reopen: 250,
  retryFirst: 500,
  retryMost: 30_000,
  slowRetry: 15_000,
  discovery: 2000,
  eventBytes: 8 * 2 ** 20,
  page: 500,
};
