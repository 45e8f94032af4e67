import type { RedirectFilter } from "../../program/program.ts";
import { PathEdit } from "./path-modifier.ts";
import { encodeForUri, isUriHost } from "./uri.ts";

/** What a redirect takes from the request. */
export interface RedirectedRequest {
  readonly scheme: "http" | "https";
  /** Value of Host or `:authority`. */
  readonly host: string;
  /** The port of the listener, which the client is taken to have used. */
  readonly port: number;
  /** In origin-form. */
  readonly target: string;
  /** See `PathEdit.apply`. */
  readonly prefixLength: number | undefined;
}

/** `RequestRedirect`. */
export class Redirect {
  readonly status: number;
  private readonly scheme: "http" | "https" | undefined;
  private readonly hostname: string | undefined;
  private readonly port: number | undefined;
  private readonly path: PathEdit | undefined;

  constructor(filter: RedirectFilter) {
    this.status = filter.status;
    this.scheme = filter.scheme;
    this.hostname = filter.hostname;
    this.port = filter.port;
    this.path = filter.path === undefined ? undefined : new PathEdit(filter.path);
  }

  /** Value of Location; `undefined`: 400, because the request names no host that can stand in a URI. */
  location(request: RedirectedRequest): string | undefined {
    const scheme = this.scheme ?? request.scheme;
    const hostname = this.hostname ?? withoutPort(request.host);
    if (!isUriHost(hostname)) return undefined;
    const { prefixLength } = request;
    const target = this.path === undefined ? request.target : this.path.apply(request.target, prefixLength);
    return `${scheme}://${hostname}${this.portOf(scheme, request)}${encodeForUri(target)}`;
  }

  /**
   * "If redirect scheme is not-empty, the well-known port associated with the redirect scheme will be
   * used ... If redirect scheme is empty, the redirect port MUST be the Gateway Listener port", and
   * `:80` for http and `:443` for https are left out.
   */
  private portOf(scheme: "http" | "https", request: RedirectedRequest): string {
    const wellKnown = scheme === "https" ? 443 : 80;
    const port = this.port ?? (this.scheme === undefined ? request.port : wellKnown);
    return port === wellKnown ? "" : `:${port}`;
  }
}

/** `[::1]:80` has colons that separate no port. */
function withoutPort(host: string): string {
  return host.replace(/:[0-9]*$/, "");
}
