import { createHash, X509Certificate } from "node:crypto";
import type { Certificate } from "../../program/program.ts";

/** A certificate of the program with what is read from it when it is first needed. */
export class KnownCertificate {
  readonly certificate: Certificate;
  private readDigest: string | undefined = undefined;
  private readContent: Content | undefined = undefined;

  constructor(certificate: Certificate) {
    this.certificate = certificate;
  }

  /** The same for the same content, in every worker. */
  get digest(): string {
    const { chain, privateKey } = this.certificate;
    return (this.readDigest ??= createHash("sha256").update(chain).update(privateKey).digest("base64"));
  }

  /** Kind of the key, as Node names it. OpenSSL holds one certificate of each and chooses by what the client can verify. */
  get keyType(): string {
    return this.content().keyType;
  }

  /**
   * How well the certificate fits a host: 0 if no name of it does, otherwise the length of the name, and an exact name
   * is better than any wildcard.
   * @param host In lower case.
   */
  rank(host: string): number {
    let rank = 0;
    for (const name of this.content().names) {
      if (name === host) return EXACT;
      if (name.length > rank && isUnder(host, name)) rank = name.length;
    }
    return rank;
  }

  private content(): Content {
    return (this.readContent ??= readContent(this.certificate.chain));
  }
}

interface Content {
  readonly keyType: string;
  /** DNS names, lower case. */
  readonly names: readonly string[];
}

/** More than any hostname has characters. */
const EXACT = 1024;

/** "*.a.example" stands for one label (RFC 9525 section 6.3). */
function isUnder(host: string, wildcard: string): boolean {
  if (!wildcard.startsWith("*.")) return false;
  const dot = host.indexOf(".");
  return dot > 0 && host.slice(dot) === wildcard.slice(1);
}

/** A chain that cannot be read fits no name; making a context of it says why. */
function readContent(chain: string): Content {
  try {
    const leaf = new X509Certificate(chain);
    return { keyType: leaf.publicKey.asymmetricKeyType ?? "", names: dnsNames(leaf.subjectAltName ?? "") };
  } catch {
    return { keyType: "", names: [] };
  }
}

/** @param text As Node writes it: `DNS:a.example, IP Address:10.0.0.1`; names with other characters than these have quotes. */
function dnsNames(text: string): readonly string[] {
  return Array.from(text.matchAll(/(?:^|, )DNS:([^",]+)(?=,|$)/g), ([, name = ""]) => name.toLowerCase());
}
