import { createHash, createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { join } from "node:path";
import { type KeyPair, makeAuthority, makeClientCertificate, makeServerCertificate } from "./certificate.ts";
import { makePrivateFolder, readIfThere, writePrivate } from "./private-file.ts";

/** What in-cluster and local clients call an API server, whatever else it is called. */
const standardNames: readonly string[] = [
  "localhost",
  "127.0.0.1",
  "::1",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
];

/** Certificates with less time left are made anew at the next start. */
const renewBefore = 30 * 24 * 60 * 60 * 1000;

export interface CertificateOptions {
  /** Made when it is not there; without one everything is in memory. */
  readonly folder?: string;
  /** DNS names and IP addresses of the server besides the standard ones. */
  readonly names?: readonly string[];
  /** Now, unless given. */
  readonly now?: Date;
}

/** A certificate authority of our own, the server's certificate, and those of clients. */
export class Certificates {
  /** PEM of the authority's certificate. */
  readonly ca: string;
  readonly server: KeyPair;
  private readonly authority: KeyPair;
  private readonly folder: string | undefined;
  private readonly fixedNow: Date | undefined;

  /** Opens what the folder has, and makes what it lacks or what has become old. */
  constructor({ folder, names = [], now }: CertificateOptions) {
    this.folder = folder;
    this.fixedNow = now;
    if (folder !== undefined) makePrivateFolder(folder);
    this.authority = this.openAuthority();
    this.ca = this.authority.certificate;
    const all = [...new Set([...standardNames, ...names])];
    for (const name of all) checkName(name);
    this.server = this.open(
      "server",
      (certificate) => all.every((name) => covers(certificate, name)),
      () => makeServerCertificate(this.authority, all, this.now),
    );
  }

  /** Whoever shows it is `user` in `groups`. */
  client(user: string, groups: readonly string[]): KeyPair {
    if (user === "") throw new Error("a client certificate needs a user name");
    const id = createHash("sha256").update(JSON.stringify([user, ...groups]));
    return this.open(
      `client-${id.digest("hex").slice(0, 32)}`,
      () => true,
      () => makeClientCertificate(this.authority, user, groups, this.now),
    );
  }

  private get now(): Date {
    return this.fixedNow ?? new Date();
  }

  private openAuthority(): KeyPair {
    const path = this.path("ca");
    const text = path === undefined ? undefined : readIfThere(path);
    if (text !== undefined) {
      const pair = parsePair(text);
      if (pair === undefined)
        throw new Error(
          `${path} holds no certificate with its key; restore it, or delete it to get a new authority and new kubeconfigs`,
        );
      if (this.isFresh(new X509Certificate(pair.certificate))) return pair;
    }
    // A name of its own: a client that trusts another authority of ours says "unknown authority", not "bad signature".
    return this.keep("ca", makeAuthority(`Gatewright ${randomBytes(4).toString("hex")}`, this.now));
  }

  private open(name: string, fits: (certificate: X509Certificate) => boolean, make: () => KeyPair): KeyPair {
    const path = this.path(name);
    const pair = parsePair((path === undefined ? undefined : readIfThere(path)) ?? "");
    if (pair !== undefined) {
      const certificate = new X509Certificate(pair.certificate);
      const ours = certificate.verify(new X509Certificate(this.ca).publicKey);
      if (ours && this.isFresh(certificate) && fits(certificate)) return pair;
    }
    return this.keep(name, make());
  }

  private keep(name: string, pair: KeyPair): KeyPair {
    const path = this.path(name);
    if (path !== undefined) writePrivate(path, pair.certificate + pair.key);
    return pair;
  }

  private path(name: string): string | undefined {
    return this.folder === undefined ? undefined : join(this.folder, `${name}.pem`);
  }

  private isFresh(certificate: X509Certificate): boolean {
    return (
      certificate.validToDate.getTime() - this.now.getTime() > renewBefore &&
      certificate.validFromDate <= this.now
    );
  }
}

/** Certificate and key are one file, so that no crash leaves them apart. */
function parsePair(text: string): KeyPair | undefined {
  const [, certificate, key] =
    /(-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\n)(-----BEGIN PRIVATE KEY-----[^-]*-----END PRIVATE KEY-----\n)/.exec(
      text,
    ) ?? [];
  if (certificate === undefined || key === undefined) return undefined;
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))
      ? { certificate, key }
      : undefined;
  } catch {
    return undefined;
  }
}

function covers(certificate: X509Certificate, name: string): boolean {
  const found =
    isIP(name) === 0 ? certificate.checkHost(name, { subject: "never" }) : certificate.checkIP(name);
  return found !== undefined;
}

/** A wildcard label may come first, as certificates know it. */
function checkName(name: string): void {
  if (isIP(name) !== 0 && !name.includes("%")) return;
  if (/^(?:\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/i.test(name))
    return;
  throw new Error(`"${name}" is neither a DNS name nor an IP address, so no certificate can name it`);
}
