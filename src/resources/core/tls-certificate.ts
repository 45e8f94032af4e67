import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { Secret } from "./secret.ts";

/** What a Secret of type `kubernetes.io/tls` holds, ready to be served. */
export interface TLSCertificate {
  /** PEM: the certificate itself, then the chain; nothing else. */
  readonly chain: string;
  /** PEM. A secret. */
  readonly privateKey: string;
  /** DNS names that the certificate is for; lower case. */
  readonly hostnames: readonly string[];
}

export type TLSCertificateResult = { readonly certificate: TLSCertificate } | { readonly fault: string };

const CERTIFICATE_KEY = "tls.crt";
const PRIVATE_KEY = "tls.key";
const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Secrets are never changed in place, and one may be referred to by thousands of listeners. */
const known = new WeakMap<Secret, TLSCertificateResult>();

/**
 * The certificate of a Secret, or what is wrong with it, in words that say nothing of the key. Not a matter of
 * time: an expired certificate is a certificate.
 */
export function readTLSCertificate(secret: Secret): TLSCertificateResult {
  const result = known.get(secret) ?? read(secret);
  known.set(secret, result);
  return result;
}

function read({ type, data = {} }: Secret): TLSCertificateResult {
  if (type !== "kubernetes.io/tls") return { fault: `its type is ${type}, not kubernetes.io/tls` };
  const blocks = decode(data[CERTIFICATE_KEY]).match(certificateBlock) ?? [];
  if (blocks.length === 0) return { fault: `${CERTIFICATE_KEY} holds no certificate in PEM` };
  const certificates: X509Certificate[] = [];
  for (const [index, block] of blocks.entries()) {
    const certificate = attempt(() => new X509Certificate(block));
    if (certificate === undefined)
      return { fault: `certificate ${index + 1} of ${CERTIFICATE_KEY} is malformed` };
    certificates.push(certificate);
  }
  const privateKey = decode(data[PRIVATE_KEY]);
  const key = attempt(() => createPrivateKey(privateKey));
  if (key === undefined)
    return { fault: `${PRIVATE_KEY} holds no private key in PEM that can be read without a password` };
  return check(certificates, blocks, key);
}

function check(
  certificates: readonly X509Certificate[],
  blocks: readonly string[],
  key: KeyObject,
): TLSCertificateResult {
  const [leaf] = certificates;
  if (leaf === undefined || !leaf.checkPrivateKey(key)) {
    return { fault: `${PRIVATE_KEY} does not belong to the first certificate of ${CERTIFICATE_KEY}` };
  }
  const chain = `${blocks.join("\n")}\n`;
  const privateKey = key.export({ type: "pkcs8", format: "pem" });
  try {
    // Refuses what no client would be served with, such as RSA keys of 1024 bits.
    createSecureContext({ cert: chain, key: privateKey });
  } catch (error) {
    return { fault: `it cannot be used for TLS: ${reasonOf(error)}` };
  }
  return { certificate: { chain, privateKey, hostnames: hostnamesOf(leaf) } };
}

function decode(value: string | undefined): string {
  return Buffer.from(value ?? "", "base64").toString("latin1");
}

function attempt<Result>(make: () => Result): Result | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** OpenSSL's own words, `ee key too small` say, without its numbers. */
function reasonOf(error: unknown): string {
  const { reason } = error as { readonly reason?: unknown };
  return typeof reason === "string" ? reason : "it is refused";
}

/** `DNS:a.example.com, IP Address:127.0.0.1, DNS:"odd, name"`. */
function hostnamesOf({ subjectAltName = "" }: X509Certificate): readonly string[] {
  const names = subjectAltName.split(", ").flatMap((part) => /^DNS:([^"]+)$/.exec(part)?.[1] ?? []);
  return [...new Set(names.map((name) => name.toLowerCase()))];
}
