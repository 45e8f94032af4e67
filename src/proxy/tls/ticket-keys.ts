import { hkdfSync, randomFillSync } from "node:crypto";
import type { SecureContext } from "node:tls";
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

/** What OpenSSL asks for a ticket: to make one, or to read one (`SSL_CTX_set_tlsext_ticket_key_cb`). */
type TicketCallback = (
  name: Buffer,
  iv: Buffer,
  encrypts: boolean,
) => readonly [verdict: number, hmacKey: Buffer, aesKey: Buffer, name?: Buffer, iv?: Buffer];

/** What Node's contexts can do and its types do not say. */
interface ContextInternals {
  enableTicketKeyCallback?(): void;
  onticketkeycallback?: TicketCallback;
}

const Verdict = {
  /** Not ours, or too old: a full handshake. */
  unknown: 0,
  good: 1,
  /** Good, and the client gets another one, since "clients SHOULD NOT reuse a ticket" (RFC 8446 appendix C.4). */
  renew: 2,
} as const;

const partBytes = 16;

/** The keys of one period, in the parts that OpenSSL wants. */
class Keys {
  readonly period: number;
  readonly name: Buffer;
  readonly hmac: Buffer;
  readonly aes: Buffer;

  constructor(secret: Buffer, period: number, identity: string) {
    const bytes = ticketKeys(secret, period, identity);
    this.period = period;
    this.name = bytes.subarray(0, partBytes);
    this.hmac = bytes.subarray(partBytes, 2 * partBytes);
    this.aes = bytes.subarray(2 * partBytes);
  }
}

/**
 * Has a context make its tickets with the keys of the time, and read those of the period before too. Node itself offers one key for
 * good, and gives a client of TLS 1.3 that has resumed no next ticket; where its internals are others, that is what remains.
 */
export function keepTickets(context: SecureContext, secret: Buffer, identity: string): void {
  const internals = context.context as ContextInternals;
  let current = new Keys(secret, ticketPeriod(Date.now()), identity);
  if (typeof internals.enableTicketKeyCallback !== "function") {
    (context.context as { setTicketKeys(keys: Buffer): void }).setTicketKeys(
      ticketKeys(secret, current.period, identity),
    );
    return;
  }
  let before = new Keys(secret, current.period - 1, identity);
  internals.onticketkeycallback = (name, iv, encrypts) => {
    const period = ticketPeriod(Date.now());
    if (period !== current.period) {
      before = new Keys(secret, period - 1, identity);
      current = new Keys(secret, period, identity);
    }
    if (encrypts) return [Verdict.good, current.hmac, current.aes, current.name, randomFillSync(iv)];
    const keys = name.equals(current.name) ? current : name.equals(before.name) ? before : undefined;
    // The keys of a refusal are not used, but must be some.
    if (keys === undefined) return [Verdict.unknown, current.hmac, current.aes];
    return [Verdict.renew, keys.hmac, keys.aes];
  };
  internals.enableTicketKeyCallback();
}
