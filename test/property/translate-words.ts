import * as fc from "fast-check";

/** Few names and values, so that objects find each other: what the arbitrary objects are made of. */

export const gatewayApi = "gateway.networking.k8s.io/v1";
export const experimentalApi = "gateway.networking.x-k8s.io/v1alpha1";
const namespaces = ["a", "b"] as const;
export const namespace = fc.constantFrom(...namespaces);
export const gatewayName = fc.constantFrom("g1", "g2", "g3");
export const serviceName = fc.constantFrom("s1", "s2", "s3");
export const creationTimestamp = fc.constantFrom(
  "2026-01-01T00:00:00Z",
  "2026-01-02T00:00:00Z",
  "2026-01-03T00:00:00Z",
);
export const labels = fc.constantFrom({ team: "red" }, { team: "blue" }, {});
export const secretName = fc.constantFrom("t1", "t2");
export const secretRef = fc.record({ name: secretName, namespace: seldom(namespace) });

/** Mostly left out. */
export function seldom<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** PROXY protocol, of Gateways and of Services. */
const annotations = seldom(
  fc.constantFrom(
    { "gatewright.dev/accept-proxy-protocol": "80,9100", "gatewright.dev/proxy-protocol": "v1" },
    { "gatewright.dev/accept-proxy-protocol": "*", "gatewright.dev/proxy-protocol": "v2" },
    { "gatewright.dev/accept-proxy-protocol": "yes", "gatewright.dev/proxy-protocol": "yes" },
  ),
);

export function named(name: fc.Arbitrary<string>): fc.Arbitrary<object> {
  return fc.record({ name, namespace, creationTimestamp, labels, annotations });
}

/** Where authorities may be: there, not there, or of a kind that holds none. */
export const authorityRef = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ group: fc.constant(""), kind: fc.constant("ConfigMap"), name: secretName }),
  },
  {
    weight: 1,
    arbitrary: fc.constant({ group: "certificates.k8s.io", kind: "ClusterTrustBundle", name: "roots" }),
  },
  { weight: 1, arbitrary: fc.constant({ group: "", kind: "Secret", name: "t1" }) },
);

/** A Service, or an XBackend; some lead nowhere. */
export const filterBackend = fc.oneof(
  fc.record({ name: serviceName, namespace: seldom(namespace), port: fc.constantFrom(80, 81) }),
  fc.constant({ group: "gateway.networking.x-k8s.io", kind: "XBackend", name: "x1" }),
  fc.record({
    group: fc.constant("multicluster.x-k8s.io"),
    kind: fc.constant("ServiceImport"),
    name: serviceName,
    port: fc.constant(80),
  }),
);

export const externalAuth = fc.record({
  type: fc.constant("ExternalAuth"),
  externalAuth: fc.oneof(
    fc.record({ protocol: fc.constant("HTTP"), backendRef: filterBackend, http: fc.constant({}) }),
    fc.record({ protocol: fc.constant("GRPC"), backendRef: filterBackend, grpc: fc.constant({}) }),
  ),
});

export const sessions = fc.constantFrom(
  { cookie: {} },
  { cookie: { name: "s" } },
  { type: "Header", header: { name: "x-session" } },
);

export const hostname = fc.constantFrom(
  "a.example.com",
  "*.example.com",
  "b.a.example.com",
  "example.org",
  "*.org",
);

export const selector = fc.constantFrom(
  { matchLabels: { team: "blue" } },
  { matchExpressions: [{ key: "team", operator: "NotIn", values: ["blue"] }] },
  { matchExpressions: [{ key: "team", operator: "Odd" }] },
);

export const allowedRoutes = fc.record({
  namespaces: fc.oneof(
    { weight: 4, arbitrary: fc.constant({ from: "All" }) },
    { weight: 1, arbitrary: fc.constantFrom({ from: "Same" }, { from: "Selector" }) },
    { weight: 2, arbitrary: selector.map((one) => ({ from: "Selector", selector: one })) },
  ),
  kinds: seldom(
    fc.constantFrom(
      [{ kind: "HTTPRoute" }],
      [{ kind: "TCPRoute" }, { kind: "GRPCRoute" }, { kind: "TLSRoute" }],
    ),
  ),
});

const parentRef = fc.record({
  name: gatewayName,
  kind: fc.constantFrom("Gateway", "Gateway", "ListenerSet"),
  namespace: fc.option(namespace, { nil: undefined }),
  sectionName: seldom(fc.constantFrom("l0", "l1")),
  port: seldom(fc.constantFrom(80, 8080)),
});

export const parentRefs = fc.uniqueArray(parentRef, {
  selector: ({ name, kind }) => `${kind} ${name}`,
  minLength: 1,
  maxLength: 2,
});
