import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from "node:crypto";

/** Parts of a token, in bytes: which backend, seconds since the epoch, which endpoint, and the seal on all of it. */
const tagBytes = 4;
const timeBytes = 5;
const idBytes = 8;
const sealBytes = 16;
const openBytes = tagBytes + timeBytes + idBytes;

/** Characters of a token, in base64url. */
export const tokenLength = ((openBytes + sealBytes) * 4) / 3;

/** The key of all tokens, the same for everybody who has the secret. */
export function sessionKey(secret: Buffer): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync("sha256", secret, "", "gatewright session persistence", 32)));
}

export interface Token {
  /** As `id` gives it. */
  readonly endpoint: string;
  /** Seconds since the epoch. */
  readonly created: number;
}

/**
 * Tokens that tell the endpoints of one backend apart. Whoever holds one learns no address from it, cannot make another one,
 * and gets nowhere with it but to that endpoint of that backend: everything in it is a keyed hash, and sealed with the key.
 */
export class SessionTokens {
  private readonly key: KeyObject;
  private readonly backend: string;
  /** What every token of this backend begins with. */
  private readonly tag: Buffer;

  /** @param backend Key of the backend. */
  constructor(key: KeyObject, backend: string) {
    this.key = key;
    this.backend = backend;
    this.tag = this.hash("backend", "").subarray(0, tagBytes);
  }

  /** Stands for an endpoint: opaque, and of no use with other backends. */
  id(address: string): string {
    return this.hash("endpoint", address).toString("latin1", 0, idBytes);
  }

  /** @param endpoint As `id` gives it. @param created Seconds since the epoch. */
  write(endpoint: string, created: number): string {
    const token = Buffer.alloc(openBytes + sealBytes);
    this.tag.copy(token);
    token.writeUIntBE(created, tagBytes, timeBytes);
    token.write(endpoint, tagBytes + timeBytes, "latin1");
    this.seal(token).copy(token, openBytes, 0, sealBytes);
    return token.toString("base64url");
  }

  /** Whether a text that looks like a token says that it is one of this backend's. It may lie. */
  owns(text: string): boolean {
    return Buffer.from(text.slice(0, 8), "base64url").subarray(0, tagBytes).equals(this.tag);
  }

  /** Undefined for what was not written here. */
  read(text: string): Token | undefined {
    const token = Buffer.from(text, "base64url");
    if (token.length !== openBytes + sealBytes) return undefined;
    if (!timingSafeEqual(this.seal(token).subarray(0, sealBytes), token.subarray(openBytes)))
      return undefined;
    return {
      endpoint: token.toString("latin1", tagBytes + timeBytes, openBytes),
      created: token.readUIntBE(tagBytes, timeBytes),
    };
  }

  private seal(token: Buffer): Buffer {
    return this.hash("token", token.subarray(0, openBytes));
  }

  /** No two purposes and backends have an input in common: neither contains a zero. */
  private hash(purpose: string, content: string | Buffer): Buffer {
    return createHmac("sha256", this.key).update(`${purpose}\0${this.backend}\0`).update(content).digest();
  }
}

/** Whether a text could be a token of somebody's. */
export function isTokenShaped(text: string): boolean {
  return text.length === tokenLength && /^[\w-]+$/.test(text);
}
