import { Buffer } from "node:buffer";
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import { isIP } from "node:net";
import * as der from "./der.ts";

/** PEM texts: an X.509 certificate and its key in PKCS #8. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Who signs: `subject` in DER as its certificate has it, `id` its subject key identifier. */
interface Issuer {
  readonly subject: Buffer;
  readonly id: Buffer;
  readonly key: KeyObject;
}

interface Profile {
  readonly subject: Buffer;
  readonly extensions: readonly Buffer[];
  readonly days: number;
}

// Object identifiers: RFC 5280 and RFC 5480.
const commonName = der.objectId("2.5.4.3");
const organization = der.objectId("2.5.4.10");
const ecdsaWithSha256 = der.sequence(der.objectId("1.2.840.10045.4.3.2"));
const serverAuth = der.objectId("1.3.6.1.5.5.7.3.1");
const clientAuth = der.objectId("1.3.6.1.5.5.7.3.2");

const day = 24 * 60 * 60 * 1000;
const authorityDays = 3650;
/** Clients of Apple refuse server certificates of more than 825 days. */
const leafDays = 365;
/** Clocks of other machines may be behind. */
const backdated = 60 * 60 * 1000;

/** A certificate authority that signs nothing but leaves. @param name Its common name. */
export function makeAuthority(name: string, now: Date): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = nameOf(name, []);
  const issuer = { subject, id: keyId(publicKey), key: privateKey };
  const extensions = [
    extension("2.5.29.19", der.sequence(der.truth(), der.integer(Uint8Array.of(0))), "critical"),
    keyUsage(0b0000_0110, 1), // keyCertSign, cRLSign
  ];
  return signed({ subject, extensions, days: authorityDays }, publicKey, privateKey, issuer, now);
}

/** @param names DNS names and IP addresses. */
export function makeServerCertificate(authority: KeyPair, names: readonly string[], now: Date): KeyPair {
  const alternatives = names.map((name) =>
    isIP(name) === 0 ? der.implicit(2, Buffer.from(name, "latin1")) : der.implicit(7, addressBytes(name)),
  );
  const extensions = [
    ...leafExtensions(serverAuth),
    extension("2.5.29.17", der.sequence(...alternatives)), // subjectAltName
  ];
  return makeLeaf(authority, { subject: nameOf("gatewright", []), extensions, days: leafDays }, now);
}

/** For a client that authenticates as `user` (common name) in `groups` (organizations). */
export function makeClientCertificate(
  authority: KeyPair,
  user: string,
  groups: readonly string[],
  now: Date,
): KeyPair {
  return makeLeaf(
    authority,
    { subject: nameOf(user, groups), extensions: leafExtensions(clientAuth), days: leafDays },
    now,
  );
}

function makeLeaf(authority: KeyPair, profile: Profile, now: Date): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificate = new X509Certificate(authority.certificate);
  const issuer = {
    subject: nameOf(String(certificate.toLegacyObject().subject.CN), []),
    id: keyId(certificate.publicKey),
    key: createPrivateKey(authority.key),
  };
  return signed(profile, publicKey, privateKey, issuer, now);
}

function signed(
  profile: Profile,
  publicKey: KeyObject,
  privateKey: KeyObject,
  issuer: Issuer,
  now: Date,
): KeyPair {
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x3f) | 0x40; // positive, and never shorter
  const body = der.sequence(
    der.explicit(0, der.integer(Uint8Array.of(2))), // version 3
    der.integer(serial),
    ecdsaWithSha256,
    issuer.subject,
    der.sequence(
      der.time(new Date(now.getTime() - backdated)),
      der.time(new Date(now.getTime() + profile.days * day)),
    ),
    profile.subject,
    publicKey.export({ type: "spki", format: "der" }),
    der.explicit(
      3,
      der.sequence(
        ...profile.extensions,
        extension("2.5.29.14", der.octetString(keyId(publicKey))), // subjectKeyIdentifier
        extension("2.5.29.35", der.sequence(der.implicit(0, issuer.id))), // authorityKeyIdentifier
      ),
    ),
  );
  const bytes = der.sequence(body, ecdsaWithSha256, der.bitString(sign("sha256", body, issuer.key)));
  return {
    certificate: pem("CERTIFICATE", bytes),
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
  };
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function nameOf(name: string, organizations: readonly string[]): Buffer {
  const parts = organizations.map((group) => der.set(der.sequence(organization, der.utf8String(group))));
  return der.sequence(...parts, der.set(der.sequence(commonName, der.utf8String(name))));
}

function extension(id: string, value: Buffer, critical?: "critical"): Buffer {
  const flag = critical === undefined ? [] : [der.truth()];
  return der.sequence(der.objectId(id), ...flag, der.octetString(value));
}

/** @param bits From the left: digitalSignature is 0x80. @param unused Bits at the end that do not count. */
function keyUsage(bits: number, unused: number): Buffer {
  return extension("2.5.29.15", der.bitString(Uint8Array.of(bits), unused), "critical");
}

function leafExtensions(purpose: Buffer): readonly Buffer[] {
  return [
    extension("2.5.29.19", der.sequence(), "critical"), // basicConstraints: no authority
    keyUsage(0x80, 7),
    extension("2.5.29.37", der.sequence(purpose)), // extKeyUsage
  ];
}

/** RFC 7093, method 1: the first 160 bits of a SHA-256. */
function keyId(key: KeyObject): Buffer {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest()
    .subarray(0, 20);
}

/** 4 bytes of an IPv4 address, 16 of an IPv6 address. */
function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split(".").map(Number));
  const bytes = Buffer.alloc(16);
  // The URL parser writes every form of IPv6 as groups of hexadecimal digits.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  for (const [i, group] of numbersOf(head).entries()) bytes.writeUInt16BE(group, 2 * i);
  const last = numbersOf(tail ?? "");
  for (const [i, group] of last.entries()) bytes.writeUInt16BE(group, 16 - 2 * (last.length - i));
  return bytes;
}

function numbersOf(text: string): readonly number[] {
  return text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
}
