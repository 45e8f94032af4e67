import { lookup as resolve, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import type { Endpoint } from "../../program/program.ts";
import type { Address } from "../transport/transport.ts";
import { barredAs } from "./barred.ts";

/** Milliseconds between two lines on standard error about one host. */
const sayInterval = 60_000;

/**
 * A host that somebody else names. Where its name leads is looked at for every connection, between resolving and connecting: a name that
 * was sound when it was looked up may lead elsewhere by the next time (DNS rebinding).
 */
export class GuardedAddress implements Address {
  readonly host: string;
  readonly port: number;
  private readonly literal: string;
  private readonly barred: NonNullable<Endpoint["barred"]>;
  private said = -Infinity;

  constructor(host: string, port: number, barred: NonNullable<Endpoint["barred"]>) {
    this.literal = host;
    // Node resolves what is no address; this one goes the same way, and comes back as it is.
    this.host = isIP(host) === 0 ? host : `${host}.`;
    this.port = port;
    this.barred = barred;
  }

  /** Leaves out what is barred; an error when nothing is left. */
  readonly lookup: LookupFunction = (_, options, callback) => {
    resolve(this.literal, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const allowed = found.filter(({ address }) => barredAs(address, this.barred) === undefined);
      if (allowed.length === 0) return callback(this.refuse(found), []);
      if (options.all === true) return callback(null, allowed);
      const { address, family } = allowed[0]!;
      callback(null, address, family);
    });
  };

  private refuse(found: readonly LookupAddress[]): Error {
    const ways = found.map(({ address }) => `${address}, ${barredAs(address, this.barred)!}`).join("; ");
    const message = `no connection to ${this.literal}:${this.port}: it leads to ${ways || "nothing"}`;
    const now = performance.now();
    if (now - this.said >= sayInterval) {
      this.said = now;
      process.stderr.write(`${message}\n`);
    }
    return new Error(message);
  }
}
