import type { ProgramChange } from "../../program/change.ts";
import type { Listener } from "../../program/program.ts";
import { SecureContexts } from "./secure-contexts.ts";
import { TlsTerminator } from "./terminator.ts";

/** The TLS side of every socket of a worker that has HTTPS or TLS listeners. */
export class Terminators {
  readonly contexts: SecureContexts;
  private readonly terminators = new Map<string, TlsTerminator>();
  /** Where a listener is, by its key; never empty. */
  private readonly places = new Map<string, ReadonlySet<string>>();

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
    const isTls = listener.protocol === "HTTPS" || listener.protocol === "TLS";
    const places = new Set(isTls ? listener.binds.map(({ address, port }) => placeOf(address, port)) : []);
    for (const place of this.places.get(listener.key) ?? [])
      if (!places.has(place)) this.leave(listener.key, place);
    for (const place of places) {
      let terminator = this.terminators.get(place);
      if (terminator === undefined)
        this.terminators.set(place, (terminator = new TlsTerminator(this.contexts)));
      terminator.set(listener);
    }
    if (places.size === 0) this.places.delete(listener.key);
    else this.places.set(listener.key, places);
  }

  private remove(key: string): void {
    for (const place of this.places.get(key) ?? []) this.leave(key, place);
    this.places.delete(key);
  }

  private leave(key: string, place: string): void {
    const terminator = this.terminators.get(place)!;
    terminator.remove(key);
    if (terminator.empty) this.terminators.delete(place);
  }
}

function placeOf(address: string, port: number): string {
  return `${address} ${port}`;
}
