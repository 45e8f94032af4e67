/** Kinds that something is done with; objects of the others are checked and passed over. */
const inEffect = new Set([
  "GatewayClass",
  "Gateway",
  "ListenerSet",
  "HTTPRoute",
  "GRPCRoute",
  "TLSRoute",
  "TCPRoute",
  "UDPRoute",
  "ReferenceGrant",
  "ServiceImport",
  "BackendTLSPolicy",
  "XBackend",
  "XBackendTrafficPolicy",
  "Namespace",
  "Service",
  "EndpointSlice",
  "Secret",
  "ConfigMap",
  "ClusterTrustBundle",
]);

/** Whether objects of the kind change anything. */
export function hasEffect(kind: string): boolean {
  return inEffect.has(kind);
}
