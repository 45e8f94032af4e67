import { constants, createHash } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { reportBug } from "../../std/bug.ts";
import type { ProgramChange } from "../../program/change.ts";
import type { Certificate, ClientValidation } from "../../program/program.ts";
import { maxSecureContexts, sessionLifetime } from "../limits.ts";
import { KnownCertificate } from "./known-certificate.ts";
import { keepTickets } from "./ticket-keys.ts";

/**
 * Mozilla's "intermediate" level (wiki.mozilla.org/Security/Server_Side_TLS) without the suites that need DH parameters: forward
 * secrecy and authenticated encryption only; among them the client chooses.
 */
export const cipherSuites: string = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

interface Kept {
  /** Undefined when OpenSSL refuses the certificate: it is not asked again. */
  readonly context: SecureContext | undefined;
  readonly certificates: readonly KnownCertificate[];
}

/**
 * The certificates of a worker and the secure contexts that are made of them: each when a client first needs it, and shared by
 * all listeners that show the same certificates and ask the same of clients.
 */
export class SecureContexts {
  private readonly secret: Buffer;
  private readonly certificates = new Map<string, KnownCertificate>();
  /** The one used last comes last. */
  private readonly kept = new Map<string, Kept>();

  /** @param secret See `ticketKeys`. */
  constructor(secret: Buffer) {
    this.secret = secret;
  }

  /** Running connections keep the context that they began with. */
  apply(change: ProgramChange): void {
    for (const certificate of change.certificates.set) this.replace(certificate.key, certificate);
    for (const key of change.certificates.remove) this.replace(key, undefined);
  }

  /** @param key Of a certificate. */
  certificate(key: string): KnownCertificate | undefined {
    return this.certificates.get(key);
  }

  /** The context that shows these certificates, of different kinds of keys; undefined when OpenSSL refuses one of them. */
  get(
    certificates: readonly KnownCertificate[],
    clients: ClientValidation | undefined,
  ): SecureContext | undefined {
    const identity = identityOf(certificates, clients);
    let kept = this.kept.get(identity);
    if (kept !== undefined) this.kept.delete(identity);
    kept ??= { context: makeContext(certificates, clients, identity, this.secret), certificates };
    this.kept.set(identity, kept);
    if (this.kept.size > maxSecureContexts) this.kept.delete(this.kept.keys().next().value!);
    return kept.context;
  }

  private replace(key: string, certificate: Certificate | undefined): void {
    const before = this.certificates.get(key);
    if (certificate === undefined) this.certificates.delete(key);
    else this.certificates.set(key, new KnownCertificate(certificate));
    if (before === undefined) return;
    // A key that was replaced, because it leaked perhaps, is not kept for longer than its connections.
    for (const [identity, { certificates }] of this.kept) {
      if (certificates.includes(before)) this.kept.delete(identity);
    }
  }
}

function identityOf(
  certificates: readonly KnownCertificate[],
  clients: ClientValidation | undefined,
): string {
  // One certificate is the rule; its digest is hashed once and not for every handshake.
  const digests = certificates.length === 1 ? certificates[0]!.digest : digestsOf(certificates);
  if (clients === undefined) return digests;
  return `${digests} ${clients.optional ? "asked" : "required"} ${authoritiesDigest(clients)}`;
}

function digestsOf(certificates: readonly KnownCertificate[]): string {
  return certificates.map((certificate) => certificate.digest).join();
}

const authoritiesDigests = new WeakMap<ClientValidation, string>();

function authoritiesDigest(clients: ClientValidation): string {
  let digest = authoritiesDigests.get(clients);
  if (digest === undefined) {
    digest = createHash("sha256").update(clients.authorities).digest("base64");
    authoritiesDigests.set(clients, digest);
  }
  return digest;
}

function makeContext(
  certificates: readonly KnownCertificate[],
  clients: ClientValidation | undefined,
  identity: string,
  secret: Buffer,
): SecureContext | undefined {
  try {
    const context = createSecureContext({
      cert: certificates.map(({ certificate }) => certificate.chain),
      key: certificates.map(({ certificate }) => certificate.privateKey),
      // An empty list, or Node would load the authorities of the whole web.
      ca: clients === undefined ? [] : [clients.authorities],
      // What is named as an authority is one, whether it is a root or signed by another.
      allowPartialTrustChain: true,
      minVersion: "TLSv1.2",
      ciphers: cipherSuites,
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
      sessionIdContext: createHash("sha256").update(identity).digest("hex").slice(0, 32),
      sessionTimeout: sessionLifetime,
    });
    keepTickets(context, secret, identity);
    return context;
  } catch (error) {
    // The control plane ships no certificate that it has not looked at.
    reportBug(error);
    return undefined;
  }
}
