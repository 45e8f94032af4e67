import { Buffer } from "node:buffer";
import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { isJsonObject, type JsonObject } from "../../resources/json.ts";

/** Longer ones are no tokens of ours; it bounds the work before a signature is checked. */
const maxLength = 16 * 1024;

/** How a kind of key signs (RFC 7518): one algorithm each, so that a token has no say in it. */
interface Algorithm {
  readonly name: string;
  readonly hash: string;
  /** ECDSA signatures are the two numbers side by side, RSA ones are what they are. */
  readonly dsaEncoding?: "ieee-p1363";
}

/** A key that tokens are checked with. */
export interface VerificationKey {
  /** Of the key itself, so that issuer and verifier agree on it without words. */
  readonly id: string;
  readonly key: KeyObject;
  readonly algorithm: Algorithm;
}

/** @param key Public, or private, of which the public half is taken. RSA of 2048 bits or more, or EC P-256, P-384, P-521. */
export function verificationKey(key: KeyObject): VerificationKey {
  const half = key.type === "private" ? createPublicKey(key) : key;
  const algorithm = algorithmOf(half);
  const bytes = half.export({ type: "spki", format: "der" });
  return { id: createHash("sha256").update(bytes).digest("base64url"), key: half, algorithm };
}

function algorithmOf(key: KeyObject): Algorithm {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && (modulusLength ?? 0) >= 2048)
    return { name: "RS256", hash: "sha256" };
  const curves: Readonly<Record<string, [name: string, hash: string]>> = {
    prime256v1: ["ES256", "sha256"],
    secp384r1: ["ES384", "sha384"],
    secp521r1: ["ES512", "sha512"],
  };
  const found = key.asymmetricKeyType === "ec" ? curves[namedCurve ?? ""] : undefined;
  if (found === undefined)
    throw new Error(
      `a key for tokens must be RSA with at least 2048 bits, or EC on P-256, P-384 or P-521; this one is ${key.asymmetricKeyType ?? "symmetric"} ${modulusLength ?? namedCurve ?? ""}`.trimEnd(),
    );
  return { name: found[0], hash: found[1], dsaEncoding: "ieee-p1363" };
}

/** A JSON Web Key (RFC 7517) of the public half. */
export function jwkOf({ id, key, algorithm }: VerificationKey): JsonObject {
  return { use: "sig", kid: id, alg: algorithm.name, ...key.export({ format: "jwk" }) };
}

/** @param key Private. */
export function signJwt(claims: JsonObject, key: KeyObject, { id, algorithm }: VerificationKey): string {
  const signed = `${encode({ alg: algorithm.name, kid: id })}.${encode(claims)}`;
  const { hash, dsaEncoding } = algorithm;
  const signature = sign(hash, Buffer.from(signed), {
    key,
    ...(dsaEncoding !== undefined && { dsaEncoding }),
  });
  return `${signed}.${signature.toString("base64url")}`;
}

/** The claims of a token that one of the keys signed; nothing is said of time, issuer or audience. */
export function readJwt(token: string, keys: readonly VerificationKey[]): JsonObject | undefined {
  if (token.length > maxLength) return undefined;
  const parts = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(token);
  const [, head = "", body = "", tail = ""] = parts ?? [];
  const header = decode(head);
  // Extensions that must be understood (RFC 7515, 4.1.11): there are none that we do.
  if (header === undefined || "crit" in header) return undefined;
  const named = keys.filter(({ id }) => id === header["kid"]);
  const signature = Buffer.from(tail, "base64url");
  for (const { key, algorithm } of named.length > 0 ? named : keys) {
    const { name, hash, dsaEncoding } = algorithm;
    if (header["alg"] !== name) continue;
    const checked = { key, ...(dsaEncoding !== undefined && { dsaEncoding }) };
    if (verify(hash, Buffer.from(`${head}.${body}`), checked, signature)) return decode(body);
  }
  return undefined;
}

function encode(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decode(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
