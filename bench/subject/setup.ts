/** What every subject is asked to do, in no subject's words. */
export interface Setup {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly upstreamPort: number;
  readonly routes: readonly RouteSetup[];
  readonly edits?: Edits;
  readonly wire: Wire;
}

/** What is spoken on either side. */
export interface Wire {
  /** Clients speak HTTP/2: with TLS by ALPN, without it by prior knowledge. */
  readonly http2: boolean;
  /** Paths of PEM files. */
  readonly tls?: CertificateFiles;
  readonly upstreamHttp2: boolean;
  /** Connections, or datagrams, are passed on as they come; `tls`: by the server name that they begin with. */
  readonly relay?: "tcp" | "tls" | "udp";
}

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  /** Both in one file. */
  readonly both: string;
}

export const plainWire: Wire = { http2: false, upstreamHttp2: false };

export interface RouteSetup {
  readonly host: string;
  /** Matches whole segments: `/cart` is for `/cart` and `/cart/7`, not for `/carton`. */
  readonly prefix: string;
}

/** What is changed in every request and every answer. */
export interface Edits {
  readonly request: FieldEdits;
  readonly response: FieldEdits;
  /** Put in front of the path. */
  readonly pathPrefix: string;
}

/** One field each. */
export interface FieldEdits {
  readonly set: FieldSetup;
  readonly add: FieldSetup;
  readonly remove: string;
}

export interface FieldSetup {
  readonly name: string;
  readonly value: string;
}

/** Connections that a subject may keep open to the upstream. */
export const poolSize = 256;

export const hosts = ["shop.example.com", "api.example.com"];
/** `/mirror` answers with what the upstream was sent (see `load/verify.ts`). */
export const mirrorPrefix = "/mirror";
const prefixes = ["/cart", "/orders", "/files", mirrorPrefix];

/** Two hosts with the same few prefixes. */
export const usualRoutes: readonly RouteSetup[] = hosts.flatMap((host) =>
  prefixes.map((prefix) => ({ host, prefix })),
);

export function groupByHost(routes: readonly RouteSetup[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { host, prefix } of routes) {
    const group = groups.get(host);
    if (group === undefined) groups.set(host, [prefix]);
    else group.push(prefix);
  }
  return groups;
}
