import { full as gateway } from "./gateway.fixture.ts";
import { full as httpRoute, service } from "./http-route.fixture.ts";
import type { Json } from "../testing.ts";

/** One object or more of each kind in each schema that it has, with a status and nearly every field; for tests. */
const G = "gateway.networking.k8s.io";
const X = "gateway.networking.x-k8s.io";

const object = (apiVersion: string, kind: string, spec: Json, status?: Json): Json => ({
  apiVersion,
  kind,
  metadata: { name: "full", namespace: "apps" },
  spec,
  ...(status !== undefined && { status }),
});

const conditions = [
  {
    type: "Accepted",
    status: "True",
    observedGeneration: 1,
    lastTransitionTime: "2026-01-31T12:00:00Z",
    reason: "Accepted",
    message: "",
  },
  {
    type: "example.com/Ready",
    status: "Unknown",
    lastTransitionTime: "2026-01-31T12:00:00Z",
    reason: "Pending",
    message: "soon",
  },
];
const controllerName = "example.com/controller";
const parentRef = {
  group: G,
  kind: "Gateway",
  namespace: "infra",
  name: "gw",
  sectionName: "http",
  port: 80,
};
const parents = { parents: [{ parentRef, controllerName, conditions }] };
const ancestors = { ancestors: [{ ancestorRef: parentRef, controllerName, conditions }] };
const listenerStatuses = [
  { name: "http", supportedKinds: [{ group: G, kind: "HTTPRoute" }], attachedRoutes: 2, conditions },
];

const parametersRef = { group: "", kind: "ConfigMap", namespace: "infra", name: "parameters" };
const classSpec = { controllerName, description: "for tests", parametersRef };
const classStatus = { conditions, supportedFeatures: [{ name: "Gateway" }, { name: "HTTPRoute" }] };

const backends = [
  { ...service, weight: 3 },
  { group: X, kind: "XBackend", name: "outside", namespace: "other", weight: 0 },
];
const routeParents = {
  parentRefs: [
    { name: "gw", sectionName: "a" },
    { name: "gw", sectionName: "b" },
    { group: "", kind: "Service", namespace: "other", name: "svc", port: 80 },
  ],
  useDefaultGateways: "All",
};
const streamSpec = { ...routeParents, rules: [{ name: "only", backendRefs: backends }] };
const alphaStreamSpec = {
  ...routeParents,
  rules: [
    { name: "one", backendRefs: backends },
    { name: "two", backendRefs: backends },
    { backendRefs: backends },
  ],
};
const hostnames = ["a.example.com", "*.example.org"];

const sessionPersistence = {
  type: "Cookie",
  absoluteTimeout: "24h",
  cookie: { name: "session", path: "/", lifetimeType: "Permanent" },
};
const headerModifier = {
  set: [{ name: "a", value: "1" }],
  add: [
    { name: "b", value: "2" },
    { name: "c", value: "3" },
  ],
  remove: ["d", "e"],
};
const grpcFilters = [
  { type: "RequestHeaderModifier", requestHeaderModifier: headerModifier },
  { type: "ResponseHeaderModifier", responseHeaderModifier: headerModifier },
  {
    type: "RequestMirror",
    requestMirror: { backendRef: service, fraction: { numerator: 1, denominator: 2 } },
  },
  { type: "RequestMirror", requestMirror: { backendRef: service, percent: 1 } },
  { type: "ExtensionRef", extensionRef: { group: "example.com", kind: "Waf", name: "w" } },
];
const grpcSpec = {
  ...routeParents,
  hostnames,
  rules: [
    {
      name: "orders",
      matches: [
        { method: { type: "Exact", service: "example.v1.Orders", method: "Get" } },
        {
          method: { type: "RegularExpression", service: "example[.].*" },
          headers: [
            { type: "Exact", name: "x-a", value: "é" },
            { type: "RegularExpression", name: "x-b", value: "^b$" },
          ],
        },
      ],
      filters: grpcFilters,
      backendRefs: [{ ...backends[0], filters: grpcFilters }, backends[1]],
      sessionPersistence,
    },
    {
      name: "rest",
      backendRefs: backends,
      sessionPersistence: { type: "Header", header: { name: "x-session" } },
    },
  ],
};

const validation = {
  caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "ca" }],
  hostname: "backend.example.com",
  subjectAltNames: [
    { type: "Hostname", hostname: "*.example.com" },
    { type: "URI", uri: "spiffe://example.com/ns/apps" },
  ],
};
const wellKnown = { wellKnownCACertificates: "System", hostname: "backend.example.com" };
const target = { group: "", kind: "Service", name: "svc" };
const backendTLSSpec = {
  targetRefs: [
    { ...target, sectionName: "https" },
    { ...target, sectionName: "admin" },
    { ...target, name: "other" },
  ],
  validation,
  options: { "example.com/min-version": "1.3" },
};

const sampling = { numerator: 1, denominator: 10 };
const telemetrySpec = {
  targetRefs: [{ group: G, kind: "Gateway", name: "gw" }],
  tracing: {
    mode: "Enabled",
    provider: { backendRef: service, headers: [{ name: "authorization", value: "Bearer x" }] },
    samplingRate: sampling,
    parentBasedSampling: { mode: "Enabled", samplingRate: sampling },
    serviceName: "shop:web",
    spanName: "GET /orders",
    attributes: [
      { name: "user", sourceType: "Header", headerName: "x-user" },
      { name: "env", sourceType: "Literal", literalValue: "test run" },
      { name: "path", sourceType: "Attribute", attributeKey: "url.path" },
    ],
  },
};

const listenerSetSpec = {
  parentRef: { group: G, kind: "Gateway", namespace: "infra", name: "gw" },
  listeners: gateway.spec.listeners,
};

export const fullObjects: readonly Json[] = [
  object(`${G}/v1`, "GatewayClass", classSpec, classStatus),
  object(`${X}/v1alpha1`, "XMesh", classSpec, classStatus),
  {
    ...gateway,
    status: {
      addresses: [
        { type: "IPAddress", value: "10.0.0.1", routability: "Cluster" },
        { type: "Hostname", value: "lb.example.com" },
      ],
      attachedListenerSets: 1,
      conditions,
      listeners: listenerStatuses,
    },
  },
  object(`${G}/v1`, "ListenerSet", listenerSetSpec, { conditions, listeners: listenerStatuses }),
  { ...httpRoute, status: parents },
  object(`${G}/v1`, "GRPCRoute", grpcSpec, parents),
  object(`${G}/v1`, "TLSRoute", { ...streamSpec, hostnames }, parents),
  object(`${G}/v1alpha2`, "TLSRoute", { ...alphaStreamSpec, hostnames: [...hostnames, "1.2.3.4"] }, parents),
  object(`${G}/v1alpha3`, "TLSRoute", { ...streamSpec, hostnames }, parents),
  ...["TCPRoute", "UDPRoute"].flatMap((kind) => [
    object(`${G}/v1`, kind, streamSpec, parents),
    object(`${G}/v1alpha2`, kind, alphaStreamSpec, parents),
  ]),
  object(`${G}/v1`, "ReferenceGrant", {
    from: [{ group: G, kind: "HTTPRoute", namespace: "apps" }],
    to: [
      { group: "", kind: "Service" },
      { group: "", kind: "Secret", name: "cert" },
    ],
  }),
  object(`${G}/v1`, "BackendTLSPolicy", backendTLSSpec, ancestors),
  object(`${G}/v1alpha3`, "BackendTLSPolicy", { targetRefs: [target], validation: wellKnown }, ancestors),
  object(
    `${X}/v1alpha1`,
    "XBackend",
    {
      type: "EndpointSelector",
      endpointSelector: { matchLabels: { "example.com/app": "shop", tier: "" } },
      port: { number: 8443 },
      protocol: "HTTP2",
      sessionPersistence,
      tls: {
        mode: "ClientAndServer",
        clientCertificateRef: { namespace: "pki", name: "client" },
        validation,
      },
    },
    ancestors,
  ),
  object(`${X}/v1alpha1`, "XBackend", {
    type: "ExternalHostname",
    externalHostname: { hostname: "api.example.com" },
    port: { number: 443 },
    tls: { mode: "ServerOnly", validation: wellKnown },
  }),
  object(
    `${X}/v1alpha1`,
    "XBackendTrafficPolicy",
    {
      targetRefs: [target],
      retryConstraint: {
        budget: { percent: 30, interval: "1m" },
        minRetryRate: { count: 5, interval: "500ms" },
      },
      sessionPersistence,
    },
    ancestors,
  ),
  object(`${X}/v1alpha1`, "XTelemetryPolicy", telemetrySpec, ancestors),
  object(
    "inference.networking.k8s.io/v1",
    "InferencePool",
    {
      selector: { matchLabels: { model: "small" } },
      targetPorts: [{ number: 8000 }, { number: 8001 }],
      appProtocol: "kubernetes.io/h2c",
      endpointPickerRef: {
        group: "",
        kind: "Service",
        name: "picker",
        port: { number: 9002 },
        failureMode: "FailOpen",
      },
    },
    {
      parents: [
        {
          parentRef: { group: G, kind: "Gateway", namespace: "infra", name: "gw" },
          controllerName,
          conditions,
        },
      ],
    },
  ),
];
