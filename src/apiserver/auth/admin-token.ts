import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readIfThere, writePrivate } from "./private-file.ts";

/** A secret that lets its bearer do everything. */
export class AdminToken {
  readonly text: string;
  private readonly digest: Buffer;

  /** @param path Where it is kept for the next start, for its owner only; without one it is new each time. */
  constructor(path?: string) {
    this.text = path === undefined ? makeToken() : keptToken(path);
    this.digest = digestOf(this.text);
  }

  /** In a time that tells nothing about the token. */
  is(token: string): boolean {
    return timingSafeEqual(digestOf(token), this.digest);
  }
}

function makeToken(): string {
  return randomBytes(32).toString("base64url");
}

function keptToken(path: string): string {
  const kept = readIfThere(path)?.trim();
  if (kept === undefined) {
    const token = makeToken();
    writePrivate(path, `${token}\n`);
    return token;
  }
  if (/^[A-Za-z0-9_-]{32,}$/.test(kept)) return kept;
  throw new Error(
    `${path} holds no token (32 or more letters, digits, "-" or "_"); delete it to get a new one`,
  );
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
