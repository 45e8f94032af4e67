/** A feature of the Gateway API (`pkg/features` upstream) that works here. */
export interface Feature {
  /** As in `GatewayClass.status.supportedFeatures`. */
  readonly name: string;
  /** What a user gets, for the table in the README. */
  readonly gives: string;
  /** What has to be there for it. */
  readonly needs?: readonly Need[];
}

export type Need =
  /** A kind that servers may lack. */
  | "ClusterTrustBundle"
  /** Definitions that keep the fields of the experimental channel. */
  | "experimental channel"
  /** An address of this machine that the pods of a cluster reach. */
  | "cluster address";

/**
 * The one list of what works. It feeds the status of every GatewayClass and the README; a name gets in here together
 * with the tests that show it.
 */
export const features: readonly Feature[] = [
  { name: "BackendTLSPolicy", gives: "TLS towards backends, never plaintext where the policy is at fault" },
  {
    name: "BackendTLSPolicySANValidation",
    gives: "names that a backend's certificate may be for, besides its host",
  },
  {
    name: "ClusterTrustBundle",
    gives: "authorities for clients and backends from bundles of the cluster, where its API server has them",
    needs: ["ClusterTrustBundle"],
  },
  { name: "GRPCRoute", gives: "gRPC by service, method and headers, over HTTP/2 with and without TLS" },
  { name: "GRPCRouteNamedRouteRule", gives: "names of rules of GRPCRoutes" },
  { name: "GRPCRouteRequestHeaderModifier", gives: "request header filters on GRPCRoutes" },
  {
    name: "Gateway",
    gives: "Gateways with HTTP and HTTPS listeners, their life cycle, their certificates and every condition",
  },
  { name: "GatewayAddressEmpty", gives: "an address entry without a value: one is assigned" },
  {
    name: "GatewayAddressRoutability",
    gives: "several addresses, each with its routability, and what became of each request",
    needs: ["experimental channel"],
  },
  {
    name: "GatewayAddressRoutabilityCluster",
    gives: "addresses inside the cluster: ClusterIPs of Services that lead here (`--cluster-address`)",
    needs: ["experimental channel", "cluster address"],
  },
  { name: "GatewayBackendClientCertificate", gives: "a certificate that backends are shown" },
  {
    name: "GatewayFrontendClientCertificateValidation",
    gives: "certificates of clients, for all ports or for single ones",
  },
  {
    name: "GatewayFrontendClientCertificateValidationInsecureFallback",
    gives: "serving clients without a certificate that holds",
  },
  {
    name: "GatewayHTTPListenerIsolation",
    gives: "a request uses the routes of the one most specific listener only",
  },
  {
    name: "GatewayHTTPSListenerDetectMisdirectedRequests",
    gives: "421 for a request on a connection that was made for another listener",
  },
  {
    name: "GatewayInfrastructure",
    gives: "labels and annotations of the Services that lead to a Gateway (`--cluster-address`)",
    needs: ["cluster address"],
  },
  { name: "GatewayListenerFilters", gives: "ExternalAuth on a listener: asked before a route is looked up" },
  { name: "GatewayPort8080", gives: "listeners on further ports" },
  {
    name: "GatewayRouteHostnameIntersectionPrecedence",
    gives: "precedence by the hostname that the route itself names, with fall-through",
  },
  { name: "GatewayStaticAddresses", gives: "addresses that a Gateway asks for, where this machine has them" },
  {
    name: "HTTPRoute",
    gives: "hostnames, paths, headers, weights, the whole precedence, header and redirect filters",
  },
  { name: "HTTPRoute303RedirectStatusCode", gives: "redirects with 303" },
  { name: "HTTPRoute307RedirectStatusCode", gives: "redirects with 307" },
  { name: "HTTPRoute308RedirectStatusCode", gives: "redirects with 308" },
  {
    name: "HTTPRouteBackendProtocolH2C",
    gives: "HTTP/2 without TLS to backends (`appProtocol: kubernetes.io/h2c`)",
  },
  {
    name: "HTTPRouteBackendProtocolWebSocket",
    gives: "WebSocket end to end, also with `appProtocol: kubernetes.io/ws`",
  },
  {
    name: "HTTPRouteBackendRequestHeaderModification",
    gives: "request header filters on one backend of a rule",
  },
  { name: "HTTPRouteBackendTimeout", gives: "`timeouts.backendRequest`" },
  { name: "HTTPRouteBackendURLRewrite", gives: "URL rewrites on one backend of a rule" },
  { name: "HTTPRouteCORS", gives: "the CORS filter, preflight requests included" },
  { name: "HTTPRouteDestinationPortMatching", gives: "a parentRef whose port no listener has is refused" },
  { name: "HTTPRouteHostRewrite", gives: "rewriting the host" },
  { name: "HTTPRouteMethodMatching", gives: "matching by method" },
  { name: "HTTPRouteNamedRouteRule", gives: "names of rules" },
  { name: "HTTPRouteParentRefPort", gives: "parentRefs that choose listeners by port" },
  { name: "HTTPRoutePathRedirect", gives: "redirects that change the path" },
  { name: "HTTPRoutePathRewrite", gives: "rewriting the path, whole or by prefix" },
  { name: "HTTPRoutePortRedirect", gives: "redirects that change the port" },
  { name: "HTTPRouteQueryParamMatching", gives: "matching by query parameters" },
  { name: "HTTPRouteRequestMirror", gives: "copies of requests to another backend" },
  { name: "HTTPRouteRequestMultipleMirrors", gives: "several such copies" },
  { name: "HTTPRouteRequestPercentageMirror", gives: "copies of a share of the requests" },
  { name: "HTTPRouteRequestTimeout", gives: "`timeouts.request`" },
  { name: "HTTPRouteResponseHeaderModification", gives: "response header filters" },
  { name: "HTTPRouteRetryCodes", gives: "second tries after the statuses that a rule names" },
  {
    name: "HTTPRouteRetryConnectionError",
    gives: "second tries, at another endpoint, when no connection could be made",
  },
  { name: "HTTPRouteSchemeRedirect", gives: "redirects that change the scheme" },
  { name: "ListenerSet", gives: "listeners added to a Gateway that allows it" },
  { name: "ReferenceGrant", gives: "references across namespaces, and their revocation" },
  { name: "TCPRoute", gives: "TCP connections by port, weighted" },
  { name: "TLSRoute", gives: "TLS passed through by the name that clients ask for (SNI)" },
  { name: "TLSRouteModeMixed", gives: "passed through and terminated TLS on one port" },
  { name: "TLSRouteModeTerminate", gives: "TLS that ends here, and goes on as TCP or as TLS of our own" },
  { name: "UDPRoute", gives: "UDP flows by port, weighted" },
];
