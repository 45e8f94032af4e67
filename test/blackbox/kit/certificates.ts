import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import * as der from "../../../src/apiserver/auth/der.ts";
import type { Certificate } from "../../../src/program/program.ts";

/** PEM texts. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Leaf {
  /** DNS names. */
  readonly names?: readonly string[];
  readonly uris?: readonly string[];
  readonly keyType?: "ec" | "rsa";
  /** Days from now at which it is valid. */
  readonly from?: number;
  readonly until?: number;
}

const subjectAltName = "2.5.29.17";
const basicConstraints = "2.5.29.19";
const day = 24 * 60 * 60 * 1000;

/** An authority that signs itself. */
export function makeAuthority(name = "authority"): KeyPair {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = nameOf(name);
  const constraints = extension(basicConstraints, der.sequence(der.truth()));
  return signed(pair, { subject, issuer: subject, key: pair.privateKey, extensions: [constraints] }, {});
}

/** A certificate for servers and clients alike. */
export function makeLeaf(authority: KeyPair, leaf: Leaf): KeyPair {
  const pair =
    leaf.keyType === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const names = (leaf.names ?? []).map((name) => der.implicit(2, Buffer.from(name, "latin1")));
  const uris = (leaf.uris ?? []).map((uri) => der.implicit(6, Buffer.from(uri, "latin1")));
  const { CN } = new X509Certificate(authority.certificate).toLegacyObject().subject;
  const issuer = nameOf(String(CN));
  const extensions = [extension(subjectAltName, der.sequence(...names, ...uris))];
  const key = createPrivateKey(authority.key);
  return signed(pair, { subject: nameOf(leaf.names?.[0] ?? "leaf"), issuer, key, extensions }, leaf);
}

/** As the program has it. */
export function certificate(key: string, pair: KeyPair): Certificate {
  return { key, chain: pair.certificate, privateKey: pair.key };
}

interface Body {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
}

function signed(
  { publicKey, privateKey }: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
  { subject, issuer, key, extensions }: Body,
  { from = -1, until = 30 }: Leaf,
): KeyPair {
  const ecdsaWithSha256 = der.sequence(der.objectId("1.2.840.10045.4.3.2"));
  const now = Date.now();
  const body = der.sequence(
    der.explicit(0, der.integer(Uint8Array.of(2))),
    der.integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ecdsaWithSha256,
    issuer,
    der.sequence(der.time(new Date(now + from * day)), der.time(new Date(now + until * day))),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    der.explicit(3, der.sequence(...extensions)),
  );
  const bytes = der.sequence(body, ecdsaWithSha256, der.bitString(sign("sha256", body, key)));
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
  };
}

function nameOf(name: string): Buffer {
  return der.sequence(der.set(der.sequence(der.objectId("2.5.4.3"), der.utf8String(name))));
}

function extension(id: string, value: Buffer): Buffer {
  return der.sequence(der.objectId(id), der.octetString(value));
}
