/**
 * What a proxy runs: five tables of plain readonly data, keyed by strings.
 *
 * Children point up to their parents (a route names its listeners, a rule names its backends),
 * so one edit by a user is one small entry on the wire and touches one place in the proxy.
 * Nothing here knows Kubernetes; a proxy runs from a program alone.
 */
export interface Program {
  readonly version: number;
  readonly listeners: ReadonlyMap<string, Listener>;
  readonly routes: ReadonlyMap<string, Route>;
  readonly l4Routes: ReadonlyMap<string, L4Route>;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly certificates: ReadonlyMap<string, Certificate>;
}

/** Where requests, connections or flows arrive. */
export interface Listener {
  /** `NAMESPACE/GATEWAY/LISTENER`. */
  readonly key: string;
  /** With `TLS`, `TCP` and `UDP` only L4 routes serve; `HTTPS` and `TLS` can share a port, by what clients name (SNI). */
  readonly protocol: "HTTP" | "HTTPS" | "TLS" | "TCP" | "UDP";
  /** Never empty, each socket once. */
  readonly binds: readonly ListenerBind[];
  /** `""` for any, `a.example.com`, or `*.example.com`; lower case. */
  readonly hostname: string;
  /** With HTTPS, and with TLS that ends here; TLS without it is passed through. */
  readonly tls?: ListenerTls;
  /** Connections begin with a PROXY header (version 1 or 2), which says whom they come from; one without it is refused. */
  readonly proxyProtocol?: true;
  /**
   * Address ranges (`10.0.0.0/8`) of the proxies in front, whose word on the client counts; nobody else's does, and none of it goes on. Absent:
   * what anybody says of who a request came for is passed on, with the peer's own address behind it.
   */
  readonly trustedProxies?: readonly string[];
  /** Run on every request before a route is looked up, in this order; absent = none. */
  readonly filters?: readonly AuthFilter[];
}

/** A socket of listeners. Those with the same address and port share it; UDP has sockets of its own. */
export interface ListenerBind {
  /** IP address. */
  readonly address: string;
  /** It may differ from the port in the Gateway (see `run/addresses.ts`). */
  readonly port: number;
  /** Port that clients connect to, where something in front maps it to `port`; redirects name it. */
  readonly publicPort?: number;
}

export interface ListenerTls {
  /** Keys of certificates: which one is shown depends on what the client names (SNI) and can verify. Without any no handshake succeeds. */
  readonly certificates: readonly string[];
  /** Clients show certificates of their own, which are verified. */
  readonly clients?: ClientValidation;
}

export interface ClientValidation {
  /** PEM certificates of the authorities that clients' certificates are verified with. */
  readonly authorities: string;
  /** Whether clients without a valid certificate are served too. */
  readonly optional: boolean;
}

/** A certificate with its key, for listeners and towards backends. */
export interface Certificate {
  /** `NAMESPACE/SECRET`. */
  readonly key: string;
  /** PEM: the certificate itself, then the chain. */
  readonly chain: string;
  /** PEM. A secret. */
  readonly privateKey: string;
}

/** One route resource with everything a proxy needs to serve it. */
export interface Route {
  /**
   * `HTTPRoute/NAMESPACE/NAME` or `GRPCRoute/NAMESPACE/NAME`, and `/AS:CERTIFICATE` behind it where its Gateways show
   * different ones to backends.
   */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  /** Creation time, milliseconds since the epoch: the older route wins a tie. */
  readonly created: number;
  readonly attachments: readonly Attachment[];
  readonly rules: readonly Rule[];
}

/**
 * A route on a listener. The hostnames are the route's own (not cut down to the listener's),
 * because precedence goes by them; the listener was chosen before, so nothing leaks. Lower case.
 * A route without hostnames has the one hostname `""`: any.
 */
export interface Attachment {
  readonly listener: string;
  readonly hostnames: readonly string[];
}

/** A route of what is not looked into: connections (TCP, TLS) or flows (UDP). Of several on one listener and hostname the first in precedence serves. */
export interface L4Route {
  /** `TLSRoute/NAMESPACE/NAME`, `TCPRoute/...` or `UDPRoute/...`, and behind it, where it has several ways to its backends, `/PASSTHROUGH` or `/AS:CERTIFICATE`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  /** As for routes. */
  readonly created: number;
  /** The hostnames are compared with what a client names (SNI); TCPRoutes and UDPRoutes have the one hostname `""`. */
  readonly attachments: readonly Attachment[];
  /** Weighted choice per connection or flow. Empty, or only weights of zero: all are refused. */
  readonly destinations: readonly L4Destination[];
}

/** A weighted share of the connections or flows: a backend, or refusal where the reference is invalid. */
export type L4Destination = Pick<Destination, "weight" | "backend">;

export interface Rule {
  readonly name?: string;
  /** Alternatives, never empty; in the order of the resource. */
  readonly matches: readonly Match[];
  readonly filters: readonly Filter[];
  /** Weighted choice. Empty, or only weights of zero: 500. */
  readonly destinations: readonly Destination[];
  /** Set when the rule cannot be served as written: every request that it matches gets 500. */
  readonly broken?: string;
  /** Milliseconds; absent = no limit. */
  readonly requestTimeout?: number;
  /** Milliseconds for one attempt; absent = no limit. */
  readonly backendRequestTimeout?: number;
  readonly retry?: Retry;
}

/** When a request is sent again; absent: only when no connection could be made. */
export interface Retry {
  /** Tries besides the first one; 0: never again, whatever happens. */
  readonly attempts: number;
  /** Status codes of answers that are given another try. */
  readonly codes: readonly number[];
  /** Milliseconds of the first pause; later ones grow. Absent: a short one. */
  readonly backoff?: number;
}

/** All parts must hold. */
export interface Match {
  readonly path: PathMatch;
  /** Exact, upper case as on the wire. */
  readonly method?: string;
  /** Names lower case, each at most once. */
  readonly headers: readonly FieldMatch[];
  /** Names case-sensitive, each at most once. */
  readonly query: readonly FieldMatch[];
}

export interface PathMatch {
  /**
   * `GRPCMethod`: the method of that name, whatever the service; the path is `/SERVICE/METHOD`. It goes behind all
   * prefixes that name a service, and before `/`.
   */
  readonly type: "Exact" | "PathPrefix" | "RegularExpression" | "GRPCMethod";
  /** A prefix has no trailing slash but for `/` itself. */
  readonly value: string;
}

export interface FieldMatch {
  readonly type: "Exact" | "RegularExpression";
  readonly name: string;
  readonly value: string;
}

/** A weighted share of a rule's requests: a backend, or the answer 500 where the reference is invalid. */
export interface Destination {
  readonly weight: number;
  /** Key of a backend; absent when the reference is invalid. */
  readonly backend?: string;
  readonly filters: readonly Filter[];
}

/** Where requests can go: the port of a Service with its ready endpoints. No endpoints: 503. */
export interface Backend {
  /**
   * `NAMESPACE/SERVICE:PORT` or `XBackend/NAMESPACE/NAME`; behind it `/HTTP2`, `/TCP` or `/UDP` where that is spoken,
   * `/PASSTHROUGH` where it gets the TLS of clients as it is, `/AS:CERTIFICATE` where a Gateway shows one, and `/SESSION:ID` where a rule wants sessions of its own.
   */
  readonly key: string;
  /** What its endpoints speak: HTTP/2 (by prior knowledge; with TLS by ALPN), or whatever clients speak; absent = HTTP/1.1. */
  readonly protocol?: "HTTP2" | "TCP" | "UDP";
  /** With TCP: connections begin with a PROXY header of this version, which says whom they come from. */
  readonly proxyProtocol?: 1 | 2;
  /** Requests go over TLS, or not at all. */
  readonly tls?: BackendTls;
  readonly persistence?: SessionPersistence;
  readonly retryBudget?: RetryBudget;
  readonly endpoints: readonly Endpoint[];
}

export interface BackendTls {
  /** SNI; the name that is verified unless there are `names`. */
  readonly serverName: string;
  /** PEM certificates of the authorities; absent for those that the system trusts. */
  readonly authorities?: string;
  /** One of them must be in the certificate, whatever `serverName` is. */
  readonly names?: readonly { readonly type: "Hostname" | "URI"; readonly value: string }[];
  /** Key of the certificate that the proxy shows. */
  readonly certificate?: string;
}

export interface Endpoint {
  /** IP address or DNS name, which is resolved for each connection. */
  readonly host: string;
  readonly port: number;
  /**
   * Where no connection goes, whatever the name resolves to at that time: addresses that are no other machine's (unspecified, link-local,
   * multicast, metadata of clouds), and this machine's loopback. Absent: anywhere.
   */
  readonly barred?: "special" | "special and loopback";
}

/** Requests of one session stay on one endpoint of the backend, as long as it is there. */
export interface SessionPersistence {
  readonly type: "Cookie" | "Header";
  /** Of the cookie or the field. */
  readonly name: string;
  /** Of the cookie. */
  readonly path?: string;
  /** Milliseconds after which a session ends in any case. */
  readonly absoluteTimeout?: number;
  /** Whether the browser keeps the cookie until then. */
  readonly permanent?: boolean;
}

/** How many of the requests to a backend may be second tries. Above it a failure is answered with 503. */
export interface RetryBudget {
  readonly percent: number;
  /** Milliseconds over which requests and retries are counted. */
  readonly interval: number;
  /** Retries that are always allowed: so many in so many milliseconds. */
  readonly minCount: number;
  readonly minInterval: number;
}

export type Filter = HeaderFilter | RedirectFilter | RewriteFilter | CorsFilter | MirrorFilter | AuthFilter;

export interface HeaderFilter {
  readonly type: "RequestHeaderModifier" | "ResponseHeaderModifier";
  readonly set: readonly HeaderField[];
  readonly add: readonly HeaderField[];
  /** Lower case. */
  readonly remove: readonly string[];
}

export interface HeaderField {
  /** As the user wrote it; compared without case. */
  readonly name: string;
  readonly value: string;
}

export interface RedirectFilter {
  readonly type: "RequestRedirect";
  readonly scheme?: "http" | "https";
  readonly hostname?: string;
  readonly path?: PathModifier;
  readonly port?: number;
  readonly status: number;
}

export interface RewriteFilter {
  readonly type: "URLRewrite";
  readonly hostname?: string;
  readonly path?: PathModifier;
}

/** The Fetch standard's CORS protocol. Lists may be `["*"]`. */
export interface CorsFilter {
  readonly type: "CORS";
  /** `https://a.example`, `https://*.example:8443`, or `*`; lower case. */
  readonly origins: readonly string[];
  readonly credentials: boolean;
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposedHeaders: readonly string[];
  /** Seconds. */
  readonly maxAge: number;
}

/** A copy of the request goes to another backend, whose answer is dropped. */
export interface MirrorFilter {
  readonly type: "RequestMirror";
  /** Key of a backend. */
  readonly backend: string;
  /** Share of the requests: `numerator / denominator`. */
  readonly numerator: number;
  readonly denominator: number;
}

/** Another server is asked first; without its consent, or without its answer, the request goes nowhere. */
export interface AuthFilter {
  readonly type: "ExternalAuth";
  readonly protocol: "HTTP" | "GRPC";
  /** Key of a backend; absent when the reference is invalid: every request is refused. */
  readonly backend?: string;
  /** HTTP: put before the path that is asked for. */
  readonly pathPrefix: string;
  /** Fields of the request that the server sees, lower case; empty: all with GRPC, none but the usual with HTTP. */
  readonly allowedHeaders: readonly string[];
  /** HTTP: fields of its answer that go on with the request; empty: all. */
  readonly allowedResponseHeaders: readonly string[];
  /** Bytes of the body that it sees; 0 for none. */
  readonly maxBodyBytes: number;
}

/** `ReplacePrefixMatch` replaces the prefix of the match that was taken. */
export interface PathModifier {
  readonly type: "ReplaceFullPath" | "ReplacePrefixMatch";
  readonly value: string;
}
