import type { Socket } from "node:net";
import { reportBug } from "../../std/bug.ts";
import { Timer } from "../../std/timer-wheel.ts";
import { handshakeTimeout, lingerBytes, lingerTimeout } from "../limits.ts";
import { answerText } from "../serve/answer/answer.ts";
import { coarseTimers } from "../timers.ts";
import { type Handle, socketOf, takeHandle } from "../transport/handle.ts";
import { Transport, type TransportOwner } from "../transport/transport.ts";
import { alertRecord } from "./alert.ts";
import { ClientHelloReader } from "./client-hello.ts";
import type { HandshakeTerms, TlsTerminator } from "./terminator.ts";
import type { ApplicationProtocol } from "./upstream-tls.ts";

/** What a handshake has settled. */
export interface TlsSession {
  /** What the client named, in lower case; `""` when it named nothing. */
  readonly serverName: string;
  /** Agreed on by ALPN; `http/1.1` with clients that do not know it. */
  readonly protocol: ApplicationProtocol;
  /** `invalid` only where the listener serves such clients too. */
  readonly clientCertificate: "none" | "valid" | "invalid";
}

export interface HandshakeOwner {
  /**
   * The client has named a TLS listener, behind which there is no HTTP. Returns the alert to refuse it with when nobody is there for it.
   * @param serverName As in `TlsSession`.
   */
  onRelay(serverName: string): number | undefined;
  /** Called after `onRelay` where TLS does not end here: the connection is the callee's. @param bytes What the client has sent so far. */
  onPassed(handle: Handle, bytes: Buffer): void;
  /** Called at most once, before any byte of the client's. The callee becomes `transport.owner`. */
  onSecure(transport: Transport, session: TlsSession): void;
}

/**
 * Begins TLS with a client. A handshake that fails or takes too long ends the connection, and the owner hears nothing of it.
 * @param bytes What was read of it already.
 */
export function acceptTls(
  handle: Handle,
  bytes: Buffer | undefined,
  terminator: TlsTerminator,
  owner: HandshakeOwner,
): void {
  const handshake = new Handshake(socketOf(handle), terminator, owner);
  if (bytes !== undefined) handshake.onHello(bytes);
}

/** Best first. */
const protocols: readonly ApplicationProtocol[] = ["h2", "http/1.1"];

/** Until the keys are agreed on; then the connection is the owner's. */
class Handshake implements TransportOwner {
  private readonly accepted: Socket;
  private readonly terminator: TlsTerminator;
  private readonly owner: HandshakeOwner;
  private readonly hello = new ClientHelloReader();
  private readonly timer = new Timer(this);
  /** Once the server name is known. Before that OpenSSL has no part, and who says nothing, or something else, costs little. */
  private transport: Transport | undefined = undefined;
  private refused = false;
  /** Bytes that came after a refusal. */
  private dropped = 0;

  constructor(accepted: Socket, terminator: TlsTerminator, owner: HandshakeOwner) {
    this.accepted = accepted;
    this.terminator = terminator;
    this.owner = owner;
    accepted.on("data", (bytes: Buffer) => this.onHello(bytes));
    accepted.on("error", () => undefined);
    accepted.on("close", () => {
      if (this.transport === undefined) this.timer.disarm();
    });
    coarseTimers.arm(this.timer, handshakeTimeout);
    accepted.resume();
  }

  /** Bytes that come before the server name is known. */
  onHello(bytes: Buffer): void {
    try {
      this.readHello(bytes);
    } catch (error) {
      reportBug(error);
      this.destroy();
    }
  }

  private readHello(bytes: Buffer): void {
    if (this.refused) return this.drop(bytes.length);
    const outcome = this.hello.read(bytes, bytes.length);
    if (outcome === "more") return;
    if (outcome === "foreign") return this.refuseForeign();
    if (outcome !== "complete") return this.refuse(alertRecord(outcome));
    const { serverName } = this.hello;
    const terms = this.terminator.choose(serverName);
    if (terms === "reset") return this.reset();
    if (typeof terms === "number") return this.refuse(alertRecord(terms));
    const { listener, handshake } = terms;
    const isRelayed = listener.protocol === "TLS";
    const alert = isRelayed ? this.owner.onRelay(serverName) : undefined;
    if (handshake === undefined) return alert === undefined ? this.pass() : this.reset();
    if (alert !== undefined) this.refuse(alertRecord(alert));
    else this.begin(handshake, isRelayed ? [] : protocols);
  }

  private pass(): void {
    this.timer.disarm();
    this.owner.onPassed(takeHandle(this.accepted), this.hello.bytes);
  }

  private begin(terms: HandshakeTerms, offered: readonly ApplicationProtocol[]): void {
    const options = {
      secureContext: terms.context,
      clientCertificate: terms.clientCertificate,
      protocols: offered,
    };
    const { serverName } = this.hello;
    this.transport = Transport.terminate(this.accepted, options, this);
    this.transport.handshake(this.hello.bytes, (socket) => {
      const transport = this.transport!;
      this.timer.disarm();
      const clientCertificate = terms.clientCertificate === "unwanted" ? "none" : socket.judgeCertificate();
      if (terms.clientCertificate === "required" && clientCertificate !== "valid") return transport.destroy();
      const protocol = socket.alpnProtocol === "h2" ? "h2" : "http/1.1";
      this.owner.onSecure(transport, { serverName, protocol, clientCertificate });
    });
  }

  /** What is not TLS is HTTP, most likely, from somebody who wrote `http:` for `https:`. */
  private refuseForeign(): void {
    const first = this.hello.bytes[0]!;
    const isLetter = (first >= 65 && first <= 90) || (first >= 97 && first <= 122);
    if (!isLetter || !this.terminator.speaksHttp) return this.destroy();
    const detail = "This port speaks HTTPS.";
    this.refuse(Buffer.from(answerText(400, "Connection: close\r\n", true, "", detail), "latin1"));
  }

  private reset(): void {
    this.accepted.resetAndDestroy();
  }

  /** What the client still sends would be answered with a reset, and that would take the answer with it. */
  private refuse(bytes: Buffer): void {
    this.refused = true;
    this.accepted.end(bytes);
    coarseTimers.arm(this.timer, lingerTimeout);
  }

  private drop(length: number): void {
    this.dropped += length;
    if (this.dropped > lingerBytes) this.destroy();
  }

  private destroy(): void {
    if (this.transport === undefined) this.accepted.destroy();
    else this.transport.destroy();
  }

  onTimer(): void {
    this.destroy();
  }

  onBytes(): void {
    // There are none before the keys.
  }

  onEnd(): void {
    this.destroy();
  }

  onDrain(): void {
    // Nothing of ours is written.
  }

  onClose(): void {
    this.timer.disarm();
  }
}
