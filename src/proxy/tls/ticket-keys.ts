import { hkdfSync } from "node:crypto";
import { ticketKeyPeriod } from "../limits.ts";

/** What Node takes as `ticketKeys`: 16 bytes each of name, HMAC key and AES key. */
const keyBytes = 48;

/** Number of the period that a time lies in. @param now Milliseconds since the epoch: workers agree on it without talking. */
export function ticketPeriod(now: number): number {
  return Math.floor(now / ticketKeyPeriod);
}

/**
 * The keys that session tickets are encrypted with (RFC 5077 section 4) during one period. Who has the secret has all keys: workers
 * that share one resume each other's sessions.
 * @param secret At least 32 random bytes.
 * @param identity What the ticket proves: a context of another identity cannot read it, so that a session that was begun without
 *   a client certificate is not resumed where one is asked for.
 */
export function ticketKeys(secret: Buffer, period: number, identity: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", `session tickets ${period} ${identity}`, keyBytes));
}
