import type { ProgramChange } from "../../program/change.ts";
import type { Listener } from "../../program/program.ts";
import { SecureContexts } from "./secure-contexts.ts";
import { TlsTerminator } from "./terminator.ts";

/** The TLS side of every socket of a worker that has HTTPS or TLS listeners. */
export class Terminators {
  readonly contexts: SecureContexts;
  private readonly terminators = new Map<string, TlsTerminator>();
  /** Where a listener is, by its key. */
  private readonly places = new Map<string, string>();

  /** @param secret See `ticketKeys`: the same in all workers of a run. */
  constructor(secret: Buffer) {
    this.contexts = new SecureContexts(secret);
  }

  /** Handshakes that begin after this go by the new program; connections that stand go on. */
  apply(change: ProgramChange): void {
    this.contexts.apply(change);
    for (const key of change.listeners.remove) this.remove(key);
    for (const listener of change.listeners.set) this.set(listener);
  }

  /** Of the listeners with this address and port; undefined when none of them speaks TLS. */
  at(address: string, port: number): TlsTerminator | undefined {
    return this.terminators.get(placeOf(address, port));
  }

  private set(listener: Listener): void {
    const place = placeOf(listener.address, listener.port);
    const isTls = listener.protocol === "HTTPS" || listener.protocol === "TLS";
    if (!isTls || this.places.get(listener.key) !== place) this.remove(listener.key);
    if (!isTls) return;
    let terminator = this.terminators.get(place);
    if (terminator === undefined)
      this.terminators.set(place, (terminator = new TlsTerminator(this.contexts)));
    this.places.set(listener.key, place);
    terminator.set(listener);
  }

  private remove(key: string): void {
    const place = this.places.get(key);
    if (place === undefined) return;
    this.places.delete(key);
    const terminator = this.terminators.get(place)!;
    terminator.remove(key);
    if (terminator.empty) this.terminators.delete(place);
  }
}

function placeOf(address: string, port: number): string {
  return `${address} ${port}`;
}
