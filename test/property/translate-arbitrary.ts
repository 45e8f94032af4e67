import * as fc from "fast-check";
import type { Resource } from "../../src/resources/resource.ts";

import { checkResource } from "../golden/load.ts";
import { makeSecret } from "./translate-objects.ts";
import { streamListener, streamRoute } from "./translate-streams.ts";
import {
  configMap,
  definition,
  gatewayTLS,
  pod,
  serviceImport,
  tlsPolicy,
  trafficPolicy,
  trustBundle,
  xBackend,
} from "./translate-policies.ts";
import {
  allowedRoutes,
  externalAuth,
  filterBackend,
  gatewayApi,
  gatewayName,
  hostname,
  labels,
  named,
  namespace,
  parentRefs,
  secretName,
  secretRef,
  seldom,
  selector,
  serviceName,
  sessions,
} from "./translate-words.ts";

/**
 * Valid objects out of few names, so that they find each other: references that lead nowhere, conflicts,
 * grants and all the filters come up by themselves.
 */

const className = fc.constantFrom("c1", "c1", "c1", "c2");
const present = { requiredKeys: [] as [] };

const gatewayClass = fc
  .record({
    name: className,
    parametersRef: seldom(fc.constant({ group: "example.com", kind: "P", name: "p" })),
  })
  .map(({ name, ...rest }) => ({
    apiVersion: gatewayApi,
    kind: "GatewayClass",
    metadata: { name },
    spec: { controllerName: "example.com/ours", ...rest },
  }));

const listener = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      protocol: fc.constant("HTTP"),
      port: fc.constantFrom(80, 8080),
      hostname: fc.option(hostname, { nil: undefined }),
      allowedRoutes,
      filters: seldom(externalAuth.map((one) => ({ requests: [one] }))),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      protocol: fc.constantFrom("example.com/odd", "HTTPS"),
      port: fc.constantFrom(80, 443),
    }),
  },
  { weight: 4, arbitrary: streamListener },
  {
    weight: 3,
    arbitrary: fc.record({
      protocol: fc.constant("HTTPS"),
      port: fc.constantFrom(443, 443, 80),
      hostname: fc.option(hostname, { nil: undefined }),
      allowedRoutes,
      tls: fc.record({ certificateRefs: fc.array(secretRef, { minLength: 1, maxLength: 3 }) }),
    }),
  },
);

const gateway = fc
  .record({
    metadata: named(gatewayName),
    spec: fc.record({
      gatewayClassName: className,
      allowedListeners: fc.oneof(
        fc.constantFrom("All", "All", "Same", "None").map((from) => ({ namespaces: { from } })),
        selector.map((one) => ({ namespaces: { from: "Selector", selector: one } })),
      ),
      listeners: fc.array(listener, { minLength: 1, maxLength: 4 }),
      defaultScope: seldom(fc.constantFrom("All", "None")),
      tls: fc.option(gatewayTLS, { nil: undefined }),
      addresses: seldom(
        fc.constantFrom<readonly object[]>(
          [{ value: "127.0.0.1" }],
          [{ type: "Hostname", value: "example.com" }],
          [{}],
          [{}, { value: "127.0.0.2" }, { routability: "Cluster" }],
        ),
      ),
    }),
  })
  .map(({ metadata, spec }) => ({
    apiVersion: gatewayApi,
    kind: "Gateway",
    metadata,
    spec: { ...spec, listeners: distinct(spec.listeners) },
  }));

const listenerSet = fc
  .record({
    metadata: named(fc.constantFrom("g1", "x1", "x2")),
    parentRef: fc.record({ name: gatewayName, namespace: seldom(namespace) }),
    listeners: fc.array(listener, { minLength: 1, maxLength: 3 }),
  })
  .map(({ metadata, parentRef: parent, listeners }) => ({
    apiVersion: gatewayApi,
    kind: "ListenerSet",
    metadata,
    spec: { parentRef: parent, listeners: distinct(listeners) },
  }));

function distinct(listeners: readonly object[]): readonly object[] {
  const kept = new Map(
    listeners.map((one) => {
      const { port, protocol, hostname: host } = one as Record<string, unknown>;
      return [JSON.stringify([port, protocol, host]), one] as const;
    }),
  );
  return [...kept.values()].map((one, index) => ({ name: `l${index}`, ...one }));
}

const header = fc.record({ name: fc.constantFrom("x", "X", "y"), value: fc.constantFrom("1", "2", "a b") });
const headers = fc.uniqueArray(header, { selector: ({ name }) => name, maxLength: 2 });
const modifier = fc.record({ set: headers, add: headers, remove: fc.constantFrom([], ["X-Gone"]) }, present);
const mirror = fc.record({
  type: fc.constant("RequestMirror"),
  requestMirror: fc.record({ backendRef: filterBackend }),
});
const filter = fc.oneof(
  modifier.map((one) => ({ type: "RequestHeaderModifier", requestHeaderModifier: one })),
  modifier.map((one) => ({ type: "ResponseHeaderModifier", responseHeaderModifier: one })),
  fc.constantFrom(
    { type: "URLRewrite", urlRewrite: { path: { type: "ReplaceFullPath", replaceFullPath: "/ space" } } },
    { type: "URLRewrite", urlRewrite: { hostname: "in.example.com" } },
    { type: "CORS", cors: {} },
  ),
  mirror,
  externalAuth,
  fc.constant({ type: "ExtensionRef", extensionRef: { group: "example.com", kind: "F", name: "f" } }),
);
const filters = seldom(fc.uniqueArray(filter, { selector: ({ type }) => type, maxLength: 2 }));

const backendRef = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      name: serviceName,
      namespace: seldom(namespace),
      port: fc.constantFrom(80, 80, 81),
      weight: fc.constantFrom(0, 1, 5),
      kind: seldom(fc.constant("Bucket")),
      filters,
    }),
  },
  { weight: 1, arbitrary: filterBackend.map((one) => ({ ...one, filters: undefined })) },
);

const match = fc.record(
  {
    path: fc.constantFrom(
      { type: "Exact", value: "/x" },
      { type: "PathPrefix", value: "/x/" },
      { type: "PathPrefix", value: "/" },
      { type: "RegularExpression", value: "/x(?=y)" },
      { type: "RegularExpression", value: "/[a-z]+" },
    ),
    method: fc.constantFrom("GET", "POST"),
    headers,
    queryParams: headers,
  },
  present,
);

const rule = fc.record(
  {
    matches: fc.array(match, { maxLength: 3 }),
    filters,
    backendRefs: fc.array(backendRef, { maxLength: 3 }),
    timeouts: fc.constantFrom({ request: "1s" }, { request: "0s", backendRequest: "5ms" }),
    retry: fc.constant({}),
    sessionPersistence: seldom(sessions),
  },
  present,
);

const route = fc
  .record({
    metadata: named(fc.constantFrom("r1", "r2", "r3")),
    parentRefs,
    hostnames: seldom(fc.uniqueArray(hostname, { minLength: 1, maxLength: 2 })),
    useDefaultGateways: seldom(fc.constant("All")),
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
  })
  .map(({ metadata, ...spec }) => ({ apiVersion: gatewayApi, kind: "HTTPRoute", metadata, spec }));

const call = fc.record(
  {
    method: fc.constantFrom(
      { service: "shop" },
      { service: "shop", method: "Get" },
      { method: "Get" },
      { type: "RegularExpression", service: "a)|(b" },
    ),
    headers,
  },
  present,
);

const grpcRoute = fc
  .record({
    metadata: named(fc.constantFrom("r1", "r2", "r3")),
    parentRefs,
    hostnames: fc.option(fc.uniqueArray(hostname, { minLength: 1, maxLength: 2 }), { nil: undefined }),
    rules: fc.array(
      fc.record(
        {
          matches: fc.array(call, { maxLength: 2 }),
          filters: seldom(mirror.map((one) => [one])),
          backendRefs: fc.array(
            backendRef.map(({ filters: _filters, ...ref }) => ref),
            { maxLength: 2 },
          ),
        },
        present,
      ),
      { maxLength: 2 },
    ),
  })
  .map(({ metadata, ...spec }) => ({ apiVersion: gatewayApi, kind: "GRPCRoute", metadata, spec }));

const service = fc
  .record({
    metadata: named(serviceName),
    type: fc.constantFrom("ClusterIP", "ClusterIP", "ExternalName"),
    ports: fc.constantFrom(
      [{ port: 80 }],
      [{ port: 80 }],
      [{ port: 80, appProtocol: "kubernetes.io/h2c" }],
      [
        { name: "w", port: 80 },
        { name: "v", port: 81 },
      ],
      [{ port: 80, protocol: "UDP" }],
      [
        { name: "w", port: 80 },
        { name: "u", port: 80, protocol: "UDP" },
      ],
      [{ name: "w", port: 80, appProtocol: "https" }],
    ),
  })
  .map(({ metadata, ...spec }) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: { ...spec, ...(spec.type === "ExternalName" && { externalName: "example.com" }) },
  }));

const conditions = fc.record(
  { ready: fc.boolean(), serving: fc.boolean(), terminating: fc.boolean() },
  present,
);
const slice = fc
  .record({
    name: fc.constantFrom("e1", "e2", "e3"),
    namespace,
    service: serviceName,
    label: fc.constantFrom(
      "kubernetes.io/service-name",
      "kubernetes.io/service-name",
      "multicluster.kubernetes.io/service-name",
    ),
    port: fc.constantFrom(
      { port: 8080 },
      { name: "w", port: 8080 },
      { name: "v" },
      { port: 8080, protocol: "UDP" },
      { name: "u", port: 8080, protocol: "UDP" },
    ),
    endpoints: fc.array(
      fc.record({ addresses: fc.constantFrom(["10.0.0.1"], ["10.0.0.2"], ["10.0.0.3"]), conditions }),
      { maxLength: 3 },
    ),
  })
  .map((one) => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: one.name,
      namespace: one.namespace,
      labels: { [one.label]: one.service },
    },
    addressType: "IPv4",
    ports: [one.port],
    endpoints: one.endpoints,
  }));

const grant = fc
  .record({
    metadata: named(fc.constantFrom("n1", "n2")),
    from: namespace,
    kind: fc.constantFrom(
      "HTTPRoute",
      "HTTPRoute",
      "GRPCRoute",
      "Gateway",
      "ListenerSet",
      "TLSRoute",
      "TCPRoute",
    ),
    to: fc.oneof(
      fc.record({ kind: fc.constant("Service"), name: seldom(serviceName) }),
      fc.record({ kind: fc.constantFrom("Secret", "ConfigMap"), name: seldom(secretName) }),
    ),
  })
  .map(({ metadata, from, kind, to }) => ({
    apiVersion: gatewayApi,
    kind: "ReferenceGrant",
    metadata,
    spec: {
      from: [{ group: "gateway.networking.k8s.io", kind, namespace: from }],
      to: [{ group: "", ...to }],
    },
  }));

const secret = fc
  .record({ name: secretName, namespace, holds: fc.constantFrom("cert-a", "cert-wildcard", "cert-org", "-") })
  .map(({ name, namespace: home, holds }) => {
    if (holds !== "-") return makeSecret(`${home}/${name}`, holds);
    return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: home }, data: {} };
  });

const namespaceObject = fc
  .record({ name: namespace, labels })
  .map((metadata) => ({ apiVersion: "v1", kind: "Namespace", metadata }));

export const arbitraryResource: fc.Arbitrary<Resource> = fc
  .oneof(
    { weight: 1, arbitrary: gatewayClass },
    { weight: 3, arbitrary: gateway },
    { weight: 3, arbitrary: listenerSet },
    { weight: 6, arbitrary: route },
    { weight: 3, arbitrary: grpcRoute },
    { weight: 4, arbitrary: streamRoute },
    { weight: 3, arbitrary: service },
    { weight: 3, arbitrary: slice },
    { weight: 2, arbitrary: grant },
    { weight: 2, arbitrary: secret },
    { weight: 1, arbitrary: namespaceObject },
    { weight: 3, arbitrary: tlsPolicy },
    { weight: 2, arbitrary: trafficPolicy },
    { weight: 2, arbitrary: xBackend },
    { weight: 2, arbitrary: pod },
    { weight: 1, arbitrary: serviceImport },
    { weight: 1, arbitrary: definition },
    { weight: 2, arbitrary: configMap },
    { weight: 1, arbitrary: trustBundle },
  )
  // As a file would give it: a field that is undefined is not there.
  .map((body) => checkResource(JSON.parse(JSON.stringify(body))));
