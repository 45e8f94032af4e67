import type { Setup } from "./setup.ts";

/** A proxy that is measured. */
export interface Subject {
  readonly name: string;
  /** As the program says it; undefined: it is not installed. */
  findVersion(): string | undefined;
  /** Writes what the program reads into the directory, and returns the command line that starts it in the foreground. */
  prepare(setup: Setup, directory: string): readonly string[];
  /** Seconds of traffic before anything counts: what is compiled while it runs needs some. */
  readonly warmUp: number;
}

/** For subjects whose configuration knows no other wire. */
export function requirePlain({ wire }: Setup): void {
  if (wire.http2 || wire.upstreamHttp2 || wire.tls !== undefined || wire.relay !== undefined)
    throw new Error("not set up for HTTP/2, TLS and relays");
}

/** Memory that is touched and connections to the upstream are all that there is to warm. */
export const nativeWarmUp = 1;
/** Hot functions are optimised after a fraction of this. */
export const compiledWarmUp = 2;
