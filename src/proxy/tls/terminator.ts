import type { SecureContext } from "node:tls";
import type { Listener, ListenerTls } from "../../program/program.ts";
import { Hosted, HostIndex } from "../match/host-index.ts";
import { HostScan } from "../match/host-scan.ts";
import { Alert } from "./alert.ts";
import type { KnownCertificate } from "./known-certificate.ts";
import type { SecureContexts } from "./secure-contexts.ts";

/** What becomes of a connection: a handshake is done with it, or it is passed on as it is. */
export interface Terms {
  readonly listener: Listener;
  /** Absent when it is passed on. */
  readonly handshake?: HandshakeTerms;
}

export interface HandshakeTerms {
  readonly context: SecureContext;
  /** What is asked of the client's certificate. */
  readonly clientCertificate: "unwanted" | "asked" | "required";
}

/** Listeners that share a hostname, by key: the first one serves, as for requests. */
class Rivals extends Hosted<Rivals> {
  readonly listeners: Listener[] = [];
}

/** The HTTPS and TLS listeners that share one address and port: from what a client names (SNI) to the terms of the handshake. */
export class TlsTerminator {
  private readonly contexts: SecureContexts;
  private readonly listeners = new Map<string, Listener>();
  private readonly byHostname = new HostIndex<Rivals>();
  private readonly scan = new HostScan();

  constructor(contexts: SecureContexts) {
    this.contexts = contexts;
  }

  get empty(): boolean {
    return this.listeners.size === 0;
  }

  /** Adds a listener, or replaces the one with its key. */
  set(listener: Listener): void {
    this.remove(listener.key);
    this.listeners.set(listener.key, listener);
    let rivals = this.byHostname.get(listener.hostname);
    if (rivals === undefined) this.byHostname.add((rivals = new Rivals(listener.hostname)));
    const at = rivals.listeners.findIndex((other) => other.key > listener.key);
    rivals.listeners.splice(at < 0 ? rivals.listeners.length : at, 0, listener);
  }

  remove(key: string): void {
    const listener = this.listeners.get(key);
    if (listener === undefined) return;
    this.listeners.delete(key);
    const rivals = this.byHostname.get(listener.hostname)!;
    rivals.listeners.splice(rivals.listeners.indexOf(listener), 1);
    if (rivals.listeners.length === 0) this.byHostname.remove(rivals);
  }

  /**
   * What is to become of a connection, or the alert to refuse it with; `"reset"` where there is nobody who could say one, because
   * connections are passed on here. A client that names no server, or one that no listener
   * is for, gets the listener without a hostname; without such a listener it is shown no certificate, for there is none that is
   * meant for it.
   * @param serverName In lower case; `""` for none.
   */
  choose(serverName: string): Terms | number | "reset" {
    const listener = this.listener(serverName);
    if (listener === undefined) return this.passes() ? "reset" : Alert.unrecognizedName;
    const { tls } = listener;
    if (tls === undefined) return { listener };
    const certificates = this.fitting(tls, serverName);
    const context = certificates.length === 0 ? undefined : this.contexts.get(certificates, tls.clients);
    if (context === undefined) return Alert.internalError;
    const { clients } = tls;
    const clientCertificate = clients === undefined ? "unwanted" : clients.optional ? "asked" : "required";
    return { listener, handshake: { context, clientCertificate } };
  }

  /** Whether there is HTTP inside any of them. */
  get speaksHttp(): boolean {
    for (const { protocol } of this.listeners.values()) if (protocol === "HTTPS") return true;
    return false;
  }

  private passes(): boolean {
    for (const { tls } of this.listeners.values()) if (tls === undefined) return true;
    return false;
  }

  /** The one listener for a name: the same that requests for the name get, see `BindTable.choose`. */
  private listener(serverName: string): Listener | undefined {
    this.scan.read(serverName);
    return this.byHostname.best(this.scan)?.listeners[0];
  }

  /**
   * Of each kind of key the certificate that fits the name best, and of those only what fits at all. When none does, the
   * first of each kind: the client may know what it does.
   */
  private fitting(tls: ListenerTls, serverName: string): readonly KnownCertificate[] {
    const known: KnownCertificate[] = [];
    for (const key of tls.certificates) {
      const certificate = this.contexts.certificate(key);
      if (certificate !== undefined) known.push(certificate);
    }
    // The usual case; the certificate need not be read for it.
    if (known.length <= 1) return known;
    const best = new Map<string, { readonly certificate: KnownCertificate; readonly rank: number }>();
    let highest = 0;
    for (const certificate of known) {
      const rank = certificate.rank(serverName);
      highest = Math.max(highest, rank);
      const other = best.get(certificate.keyType);
      if (other === undefined || rank > other.rank) best.set(certificate.keyType, { certificate, rank });
    }
    const fitting: KnownCertificate[] = [];
    for (const { certificate, rank } of best.values())
      if (rank > 0 || highest === 0) fitting.push(certificate);
    return fitting;
  }
}
