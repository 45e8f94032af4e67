/** Paths of the repository's own tests. */
type Files = readonly string[];

/** Tests of the suite that pass without testing what their name says, and where we test it. */
export const hollowTests: Readonly<Record<string, { readonly reason: string; readonly ours: Files }>> = {
  GRPCRouteRequestHeaderModifier: {
    reason: "it compares no headers",
    ours: ["test/blackbox/grpc-filters.test.ts", "test/cases/grpc-route-filters.yaml"],
  },
  GatewayNameMaximumLength: {
    reason: "it looks at the generation of the conditions and not at their values",
    ours: ["test/cases/gateway-name-longest.yaml"],
  },
  TLSRouteListenerMixedTerminationNotSupported: {
    reason: "it returns at once where TLSRouteModeMixed is declared",
    ours: ["test/cases/tls-route-mixed-modes.yaml", "test/cases/tls-route-modes-conflict.yaml"],
  },
  TLSRouteListenerTerminateNotSupported: {
    reason: "it returns at once where TLSRouteModeTerminate is declared",
    ours: ["test/cases/tls-route-terminate.yaml"],
  },
};

/** Features that no test of the suite asks for, and where we test them. */
export const untestedFeatures: Readonly<Record<string, Files>> = {
  ClusterTrustBundle: [
    "test/cases/backend-tls-policy-cluster-trust-bundle.yaml",
    "test/cases/gateway-frontend-validation-cluster-trust-bundle.yaml",
    "src/resources/core/authorities.test.ts",
  ],
  GatewayAddressRoutability: [
    "test/cases/gateway-addresses-several.yaml",
    "test/cases/gateway-addresses-too-many.yaml",
    "test/cases/gateway-address-sentinel.yaml",
    "test/cases/gateway-address-cluster-not-assigned.yaml",
    "src/run/several-addresses.test.ts",
  ],
  GatewayAddressRoutabilityCluster: [
    "test/conformance/cluster-addresses.ts",
    "test/cases/gateway-address-cluster.yaml",
    "test/cases/gateway-address-cluster-only.yaml",
    "test/cases/gateway-address-cluster-absent.yaml",
  ],
  GatewayListenerFilters: [
    "test/blackbox/external-auth-listener.test.ts",
    "test/cases/gateway-listener-filters.yaml",
    "test/cases/gateway-listener-filters-external-auth.yaml",
  ],
};
