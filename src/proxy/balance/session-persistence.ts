import type { KeyObject } from "node:crypto";
import type { SessionPersistence as Wanted } from "../../program/program.ts";
import type { Head } from "../../wire/http1/head.ts";
import type { HeaderEdits } from "../filter/filter.ts";
import { isField, isTouchable } from "../filter/header-modifier.ts";
import type { Endpoint } from "../upstream/endpoint.ts";
import { SessionTokens } from "./session-tokens.ts";
import { maxTokens, separator, tokensOfCookies, tokensOfField } from "./session-value.ts";

/**
 * Keeps the requests of a client on one endpoint of one backend (Gateway API, GEP-1619), by a token that the client brings along:
 * nothing is remembered here, so every worker and every instance with the same secret knows every session.
 */
export class SessionPersistence {
  private readonly wanted: Wanted;
  private readonly lowerName: string;
  /** Seconds; infinite when a session does not end by itself. */
  private readonly lifetime: number;
  private readonly cookieAttributes: string;
  private readonly tokens: SessionTokens;
  private readonly ids = new Map<Endpoint, string>();
  private readonly byId = new Map<string, Endpoint>();

  /** @param key Of `sessionKey`. @param backend Key of the backend. */
  constructor(wanted: Wanted, key: KeyObject, backend: string) {
    this.wanted = wanted;
    this.lowerName = wanted.name.toLowerCase();
    this.lifetime = wanted.absoluteTimeout === undefined ? Infinity : wanted.absoluteTimeout / 1000;
    this.cookieAttributes = attributesOf(wanted, this.lifetime);
    this.tokens = new SessionTokens(key, backend);
  }

  /** Endpoints that sessions may be on from now on. */
  setEndpoints(endpoints: readonly Endpoint[]): void {
    this.byId.clear();
    for (const endpoint of endpoints) this.byId.set(this.idOf(endpoint), endpoint);
    const kept = new Set(endpoints);
    for (const endpoint of this.ids.keys()) if (!kept.has(endpoint)) this.ids.delete(endpoint);
  }

  /** The session that a request belongs to; one without an endpoint is yet to begin. @param isSecure The client came over TLS. */
  find(head: Head, isSecure: boolean): Session {
    const { name, type } = this.wanted;
    const given = type === "Cookie" ? tokensOfCookies(head, name) : tokensOfField(head, this.lowerName);
    let endpoint: Endpoint | undefined;
    const others: string[] = [];
    for (const text of given) {
      if (!this.tokens.owns(text)) others.push(text);
      else endpoint ??= this.endpointOf(text);
    }
    return new Session(this, endpoint, others, isSecure);
  }

  /** The edits with the line that has the client come back to this endpoint. @param others Tokens of other backends. */
  begin(endpoint: Endpoint, others: readonly string[], isSecure: boolean, edits: HeaderEdits): HeaderEdits {
    const token = this.tokens.write(this.idOf(endpoint), now());
    const value = [token, ...others.slice(0, maxTokens - 1)].join(separator);
    const { name, type } = this.wanted;
    if (type === "Header") return edits.with(`${name}: ${value}\r\n`, this.lowerName);
    return edits.with(
      `Set-Cookie: ${name}=${value}${this.cookieAttributes}${isSecure ? "; Secure" : ""}\r\n`,
      "",
    );
  }

  private endpointOf(text: string): Endpoint | undefined {
    const token = this.tokens.read(text);
    if (token === undefined || now() >= token.created + this.lifetime) return undefined;
    return this.byId.get(token.endpoint);
  }

  private idOf(endpoint: Endpoint): string {
    let id = this.ids.get(endpoint);
    if (id === undefined) this.ids.set(endpoint, (id = this.tokens.id(`${endpoint.host} ${endpoint.port}`)));
    return id;
  }
}

/** Whether sessions can be kept by this name: one that would break messages is none, and requests go in turn. */
export function canPersist({ type, name }: Wanted): boolean {
  return type === "Cookie" ? isField({ name, value: "" }) : isTouchable(name);
}

/** The session of one request. */
export class Session {
  /** Where the request is to go; undefined leaves that to the load balancer. */
  readonly endpoint: Endpoint | undefined;
  private readonly persistence: SessionPersistence;
  private readonly others: readonly string[];
  private readonly isSecure: boolean;

  constructor(
    persistence: SessionPersistence,
    endpoint: Endpoint | undefined,
    others: readonly string[],
    isSecure: boolean,
  ) {
    this.persistence = persistence;
    this.endpoint = endpoint;
    this.others = others;
    this.isSecure = isSecure;
  }

  /** What is to be done to the head of the answer that came from this endpoint: something only where a session begins. */
  answerEdits(from: Endpoint, edits: HeaderEdits): HeaderEdits {
    return from === this.endpoint ? edits : this.persistence.begin(from, this.others, this.isSecure, edits);
  }
}

/** Whole seconds since the epoch. */
function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** "enabling `Secure` and `HttpOnly`, and setting `SameSite` to `Strict`" (GEP-1619); Secure only where the client would send it back. */
function attributesOf({ path, permanent }: Wanted, lifetime: number): string {
  const maxAge =
    permanent === true && lifetime < Infinity ? `; Max-Age=${Math.max(1, Math.floor(lifetime))}` : "";
  // "any CHAR except CTLs or ;" (RFC 6265 section 4.1.1): more would be attributes of their own, or fields.
  const safePath = path !== undefined && /^\/[ -:<-~]*$/.test(path) ? path : "/";
  return `; Path=${safePath}${maxAge}; HttpOnly; SameSite=Strict`;
}
