import type { CorsFilter, HeaderField, HeaderFilter } from "../../program/program.ts";
import { CorsOrigins } from "./cors-origins.ts";
import { type HeaderEdits, NO_FIELDS } from "./header-edits.ts";
import { HeaderModifiers } from "./header-modifier.ts";

/** Filters of answers that come before and after the CORS filter in the list, so that the last word is the list's last. */
export interface CorsSurroundings {
  readonly before: readonly HeaderFilter[];
  readonly after: readonly HeaderFilter[];
}

/** What an origin may know of an answer. */
export interface CorsGrant {
  /** For the answer of a backend: all filters of the list together. */
  readonly edits: HeaderEdits;
  /** For an error of the proxy's own, ready lines: without them a page cannot even read the status. */
  readonly fields: string;
}

/** What only the filter says, whatever a backend has to say of it. */
const controlled: readonly string[] = [
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "access-control-expose-headers",
  "access-control-max-age",
];

/** Origins whose edits are kept ready, per filter. Only those that are let in count. */
const maxKnownOrigins = 256;

/** The Fetch standard's CORS protocol for one list of filters, compiled once. */
export class Cors {
  private readonly filter: CorsFilter;
  private readonly surroundings: CorsSurroundings;
  private readonly origins: CorsOrigins;
  private readonly exposed: string;
  /** Every origin gets the same answer: "`*`", which browsers take for requests without credentials only. */
  private readonly isStatic: boolean;
  private readonly absent: CorsGrant;
  private readonly denied: CorsGrant;
  private readonly known = new Map<string, CorsGrant>();

  constructor(filter: CorsFilter, surroundings: CorsSurroundings) {
    this.filter = filter;
    this.surroundings = surroundings;
    this.origins = new CorsOrigins(filter.origins);
    this.isStatic = this.origins.any && !filter.credentials;
    // "the gateway cannot use the `*`" with credentials, where browsers take it for the name of a field.
    const exposed = filter.exposedHeaders.filter((name) => name !== "*" || !filter.credentials);
    this.exposed = exposed.join(", ");
    this.denied = this.compile([], controlled);
    this.absent = this.isStatic ? this.compile(this.shared("*"), controlled) : this.compile([], []);
  }

  /** @param origin The request's `Origin`; undefined when it has none. */
  grant(origin: string | undefined): CorsGrant {
    // The same for all, so that a cache may give to one what another has asked for.
    if (this.isStatic || origin === undefined) return this.absent;
    const known = this.known.get(origin);
    if (known !== undefined) return known;
    if (!this.origins.allows(origin)) return this.denied;
    const grant = this.compile(this.shared(origin), controlled);
    if (this.known.size >= maxKnownOrigins) this.known.delete(this.known.keys().next().value!);
    // A copy: the value is a part of the request's head and would keep all of that in memory.
    this.known.set(Buffer.from(origin, "latin1").toString("latin1"), grant);
    return grant;
  }

  /**
   * The field lines of the answer to a preflight request: the same with and without leave, but for those that give it.
   * @param method `Access-Control-Request-Method` @param headers `Access-Control-Request-Headers`
   */
  preflight(origin: string, method: string, headers: string | undefined): string {
    if (!this.isStatic && !this.origins.allows(origin)) return this.denied.edits.lines(NO_FIELDS);
    const { methods, headers: names, maxAge } = this.filter;
    const fields = this.shared(this.isStatic ? "*" : origin);
    // Instead of `*` what was asked for: with credentials `*` is none, and without them it leaves out Authorization.
    const allowedMethods = methods.includes("*") ? (isToken.test(method) ? method : "") : methods.join(", ");
    if (allowedMethods !== "") fields.push({ name: "Access-Control-Allow-Methods", value: allowedMethods });
    const asked = headers !== undefined && isTokenList.test(headers) ? headers : "";
    const allowedHeaders = names.includes("*") ? asked : names.join(", ");
    if (allowedHeaders !== "") fields.push({ name: "Access-Control-Allow-Headers", value: allowedHeaders });
    fields.push({ name: "Access-Control-Max-Age", value: String(maxAge) });
    return this.edits(fields, controlled, this.surroundings).lines(NO_FIELDS);
  }

  /** The fields that a preflight's answer and any other have in common. */
  private shared(origin: string): HeaderField[] {
    const fields = [{ name: "Access-Control-Allow-Origin", value: origin }];
    if (this.filter.credentials) fields.push({ name: "Access-Control-Allow-Credentials", value: "true" });
    if (this.exposed !== "") fields.push({ name: "Access-Control-Expose-Headers", value: this.exposed });
    return fields;
  }

  private compile(fields: readonly HeaderField[], remove: readonly string[]): CorsGrant {
    return {
      edits: this.edits(fields, remove, this.surroundings),
      fields: this.edits(fields, remove, { before: [], after: [] }).lines(NO_FIELDS),
    };
  }

  private edits(
    set: readonly HeaderField[],
    remove: readonly string[],
    { before, after }: CorsSurroundings,
  ): HeaderEdits {
    const modifiers = HeaderModifiers.forResponses();
    for (const filter of before) modifiers.apply(filter);
    modifiers.apply({ type: "ResponseHeaderModifier", set: [], add: [], remove });
    // "If CORS protocol requirements are more complicated than setting `Access-Control-Allow-Origin` to `*` or a static
    // origin, `Vary` is to be used." (Fetch, "CORS protocol and HTTP caches")
    const add = this.isStatic ? [] : [{ name: "Vary", value: "Origin" }];
    modifiers.apply({ type: "ResponseHeaderModifier", set, add, remove: [] });
    for (const filter of after) modifiers.apply(filter);
    return modifiers.compile();
  }
}

const isToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const isTokenList = /^[!#$%&'*+\-.^_`|~0-9A-Za-z, \t]+$/;
