import { X509Certificate } from "node:crypto";
import { isIP, Socket } from "node:net";
import { connect, createSecureContext, type SecureContext } from "node:tls";
import type { BackendTls, Certificate } from "../../program/program.ts";
import { maxUpstreamSessions } from "../limits.ts";
import type { Address } from "../transport/transport.ts";
import type { OnRead } from "../transport/secure-socket.ts";
import { isMeant } from "./peer-identity.ts";
import { cipherSuites } from "./secure-contexts.ts";
import { systemAuthorities } from "./trust.ts";

/** Where to, and how the socket is to behave. */
export interface ConnectOptions extends Address {
  readonly onread: OnRead;
  readonly allowHalfOpen: boolean;
  readonly noDelay: boolean;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelay: number;
}

/** Names of RFC 7301; `""` for none: nobody is asked. */
export type ApplicationProtocol = "h2" | "http/1.1" | "";

/**
 * TLS as one backend wants it, made once per version of the backend. What is wrong with the settings shows when a connection is
 * made: it fails, for there is no second best.
 */
export class UpstreamTls {
  private readonly tls: BackendTls;
  /** The one that the proxy shows. */
  private readonly certificate: Certificate | undefined;
  private context: SecureContext | undefined = undefined;
  /** The session to resume, by endpoint and protocol. The one used last comes last. */
  private readonly sessions = new Map<string, Buffer>();

  constructor(tls: BackendTls, certificate: Certificate | undefined) {
    this.tls = tls;
    this.certificate = certificate;
  }

  /**
   * A socket that is being connected. `onConnect` is called when the peer has proved to be the one that was meant and speaks the
   * protocol; until then, and instead of it, the socket may fail like any other.
   */
  connect(options: ConnectOptions, protocol: ApplicationProtocol, onConnect: () => void): Socket {
    try {
      return this.open(options, protocol, onConnect);
    } catch (error) {
      const socket = new Socket();
      socket.destroy(error as Error);
      return socket;
    }
  }

  private open(options: ConnectOptions, protocol: ApplicationProtocol, onConnect: () => void): Socket {
    const { tls } = this;
    const place = `${options.host} ${options.port} ${protocol}`;
    const session = this.sessions.get(place);
    const socket = connect({
      ...options,
      secureContext: (this.context ??= this.makeContext()),
      // Whatever the environment says (NODE_TLS_REJECT_UNAUTHORIZED).
      rejectUnauthorized: true,
      // "Literal IPv4 and IPv6 addresses are not permitted in HostName" (RFC 6066 section 3).
      ...(isIP(tls.serverName) === 0 ? { servername: tls.serverName } : {}),
      ...(protocol === "" ? {} : { ALPNProtocols: [protocol] }),
      ...(session === undefined ? {} : { session }),
      checkServerIdentity: (_, peer) =>
        isMeant(new X509Certificate(peer.raw), tls) ? undefined : new Error(this.mismatch()),
    });
    socket.on("session", (ticket: Buffer) => this.keep(place, ticket));
    socket.once("secureConnect", () => {
      if (protocol === "h2" && socket.alpnProtocol !== "h2") {
        socket.destroy(new Error("the backend does not speak HTTP/2 (ALPN)"));
      } else onConnect();
    });
    return socket;
  }

  private makeContext(): SecureContext {
    const { authorities, certificate } = this.tls;
    if (certificate !== undefined && this.certificate === undefined) {
      throw new Error(`the certificate ${certificate} that the backend is to be shown is not there`);
    }
    if (authorities !== undefined) return makeContext([authorities], this.certificate);
    if (this.certificate !== undefined) return makeContext(systemAuthorities(), this.certificate);
    return (systemContext ??= makeContext(systemAuthorities(), undefined));
  }

  private keep(place: string, ticket: Buffer): void {
    this.sessions.delete(place);
    this.sessions.set(place, ticket);
    if (this.sessions.size > maxUpstreamSessions) this.sessions.delete(this.sessions.keys().next().value!);
  }

  private mismatch(): string {
    const { names, serverName } = this.tls;
    const wanted = names === undefined ? serverName : names.map(({ value }) => value).join(" or ");
    return `the backend's certificate does not name ${wanted}`;
  }
}

/** For all backends that the system's authorities vouch for: there are more than a hundred of them, a megabyte. */
let systemContext: SecureContext | undefined;

function makeContext(authorities: readonly string[], certificate: Certificate | undefined): SecureContext {
  return createSecureContext({
    ca: [...authorities],
    allowPartialTrustChain: true,
    minVersion: "TLSv1.2",
    ciphers: cipherSuites,
    ...(certificate === undefined ? {} : { cert: certificate.chain, key: certificate.privateKey }),
  });
}

/** @param find A certificate of the program by its key. */
export function compileBackendTls(
  tls: BackendTls,
  find: (key: string) => Certificate | undefined,
): UpstreamTls {
  return new UpstreamTls(tls, tls.certificate === undefined ? undefined : find(tls.certificate));
}
