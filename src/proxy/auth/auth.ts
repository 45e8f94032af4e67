import type { AuthFilter } from "../../program/program.ts";
import type { HeaderEdits } from "../filter/header-edits.ts";
import { normalizeTarget } from "../match/path.ts";

/** Fields that an authorization server is never given from a request: they speak of the connection, or frame a body. */
const withheld: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** An `ExternalAuth` filter, ready to run. */
export class Auth {
  readonly protocol: AuthFilter["protocol"];
  /** Key of a backend; undefined when the filter cannot be run: every request is refused. */
  readonly backend: string | undefined;
  /** Goes before the path of the request; without a slash at its end. */
  readonly pathPrefix: string;
  /** Bytes of the body that the server sees; 0 for none of it. */
  readonly maxBodyBytes: number;
  /** Lower case; undefined for all. HTTP: fields of a consent that go on with the request. */
  readonly allowedResponseHeaders: ReadonlySet<string> | undefined;
  private readonly allowedHeaders: ReadonlySet<string> | undefined;

  constructor(filter: AuthFilter) {
    const { protocol, allowedHeaders, allowedResponseHeaders } = filter;
    const prefix = filter.pathPrefix === "" ? "" : normalizePrefix(filter.pathPrefix);
    this.protocol = protocol;
    this.backend = prefix === undefined ? undefined : filter.backend;
    this.pathPrefix = prefix ?? "";
    this.maxBodyBytes = filter.maxBodyBytes;
    this.allowedResponseHeaders =
      allowedResponseHeaders.length === 0 ? undefined : lowerCase(allowedResponseHeaders);
    if (protocol === "GRPC")
      this.allowedHeaders = allowedHeaders.length === 0 ? undefined : lowerCase(allowedHeaders);
    else this.allowedHeaders = lowerCase([...allowedHeaders, "authorization"]);
  }

  /** Every field of a request that is the server's to know is sent. */
  get seesAll(): boolean {
    return this.allowedHeaders === undefined;
  }

  /** Whether the server sees this field of the request. */
  sees(lowerName: string): boolean {
    return (
      !withheld.has(lowerName) && (this.allowedHeaders === undefined || this.allowedHeaders.has(lowerName))
    );
  }
}

/** A filter that asks an authorization server, in a list of filters. */
export interface AuthStep {
  readonly auth: Auth;
  /** What the filters since the one before it do to the head. */
  readonly before: HeaderEdits;
}

/** "Even with the validation, implementations MUST sanitize this input before using it directly": undefined for what is no path. */
function normalizePrefix(prefix: string): string | undefined {
  if (/[?#]/.test(prefix)) return undefined;
  return normalizeTarget(prefix.startsWith("/") ? prefix : `/${prefix}`)?.replace(/\/+$/, "");
}

function lowerCase(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()));
}
