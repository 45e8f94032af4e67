/** A feature of the Gateway API (`pkg/features` upstream) that works here. */
export interface Feature {
  /** As in `GatewayClass.status.supportedFeatures`. */
  readonly name: string;
  /** What a user gets, for the table in the README. */
  readonly gives: string;
}

/**
 * The one list of what works. It feeds the status of every GatewayClass and the README; a name gets in here together
 * with the tests that show it.
 */
export const features: readonly Feature[] = [
  {
    name: "Gateway",
    gives:
      "Gateways with HTTP listeners, their life cycle and every condition (HTTPS listeners are refused with a reason until TLS is served)",
  },
  { name: "GatewayAddressEmpty", gives: "an address entry without a value: one is assigned" },
  {
    name: "GatewayHTTPListenerIsolation",
    gives: "a request uses the routes of the one most specific listener only",
  },
  { name: "GatewayPort8080", gives: "listeners on further ports" },
  {
    name: "GatewayRouteHostnameIntersectionPrecedence",
    gives: "precedence by the hostname that the route itself names, with fall-through",
  },
  {
    name: "HTTPRoute",
    gives: "hostnames, paths, headers, weights, the whole precedence, header and redirect filters",
  },
  { name: "HTTPRoute303RedirectStatusCode", gives: "redirects with 303" },
  { name: "HTTPRoute307RedirectStatusCode", gives: "redirects with 307" },
  { name: "HTTPRoute308RedirectStatusCode", gives: "redirects with 308" },
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
  { name: "HTTPRouteDestinationPortMatching", gives: "a parentRef whose port no listener has is refused" },
  { name: "HTTPRouteHostRewrite", gives: "rewriting the host" },
  { name: "HTTPRouteMethodMatching", gives: "matching by method" },
  { name: "HTTPRouteNamedRouteRule", gives: "names of rules" },
  { name: "HTTPRouteParentRefPort", gives: "parentRefs that choose listeners by port" },
  { name: "HTTPRoutePathRedirect", gives: "redirects that change the path" },
  { name: "HTTPRoutePathRewrite", gives: "rewriting the path, whole or by prefix" },
  { name: "HTTPRoutePortRedirect", gives: "redirects that change the port" },
  { name: "HTTPRouteQueryParamMatching", gives: "matching by query parameters" },
  { name: "HTTPRouteRequestTimeout", gives: "`timeouts.request`" },
  { name: "HTTPRouteResponseHeaderModification", gives: "response header filters" },
  { name: "HTTPRouteSchemeRedirect", gives: "redirects that change the scheme" },
  { name: "ReferenceGrant", gives: "references across namespaces, and their revocation" },
];
