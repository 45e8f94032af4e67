import * as fc from "fast-check";
import { authorities } from "./translate-objects.ts";
import {
  authorityRef,
  creationTimestamp,
  experimentalApi,
  gatewayApi,
  named,
  namespace,
  secretName,
  secretRef,
  seldom,
  serviceName,
  sessions,
} from "./translate-words.ts";

/** Valid objects that say how backends are spoken to; few names, as in `translate-arbitrary.ts`. */

const validation = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fc.record({ caCertificateRefs: fc.array(authorityRef, { minLength: 1, maxLength: 2 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ wellKnownCACertificates: fc.constantFrom("System", "example.com/own") }),
    },
  )
  .map((one) => ({ ...one, hostname: "in.example.com" }));

const serviceTarget = fc.record({
  group: fc.constant(""),
  kind: fc.constantFrom("Service", "Service", "Bucket"),
  name: serviceName,
  sectionName: seldom(fc.constantFrom("w", "v")),
});

export const tlsPolicy = fc
  .record({
    metadata: named(fc.constantFrom("p1", "p2", "p3")),
    targetRefs: fc.uniqueArray(serviceTarget, {
      selector: ({ kind, name }) => `${kind} ${name}`,
      minLength: 1,
      maxLength: 2,
    }),
    validation,
  })
  .map(({ metadata, ...spec }) => ({ apiVersion: gatewayApi, kind: "BackendTLSPolicy", metadata, spec }));

const trafficTarget = fc.oneof(
  fc.record({ group: fc.constant(""), kind: fc.constant("Service"), name: serviceName }),
  fc.constant({ group: "gateway.networking.x-k8s.io", kind: "XBackend", name: "x1" }),
);

export const trafficPolicy = fc
  .record({
    metadata: named(fc.constantFrom("p1", "p2")),
    targetRefs: fc.uniqueArray(trafficTarget, { selector: ({ name }) => name, minLength: 1, maxLength: 2 }),
    retryConstraint: seldom(fc.constantFrom({}, { budget: { percent: 50 } })),
    sessionPersistence: seldom(sessions),
  })
  .map(({ metadata, ...spec }) => ({
    apiVersion: experimentalApi,
    kind: "XBackendTrafficPolicy",
    metadata,
    spec,
  }));

const tls = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.record({ mode: fc.constant("ServerOnly"), validation }) },
  {
    weight: 1,
    arbitrary: fc.record({
      mode: fc.constant("ClientAndServer"),
      validation,
      clientCertificateRef: secretRef,
    }),
  },
);

const place = fc.oneof(
  fc.constant({ type: "ExternalHostname", externalHostname: { hostname: "out.example.com" } }),
  fc.record({
    type: fc.constant("EndpointSelector"),
    endpointSelector: fc.constantFrom(
      { matchLabels: { team: "red" } },
      { matchLabels: { team: "blue", app: "x" } },
    ),
    sessionPersistence: seldom(sessions),
  }),
);

export const xBackend = fc
  .record({
    metadata: named(fc.constant("x1")),
    place,
    port: fc.constantFrom({ number: 80 }, { number: 81 }),
    protocol: seldom(fc.constantFrom("HTTP", "GRPC", "TCP")),
    tls,
  })
  .map(({ metadata, place: where, ...spec }) => ({
    apiVersion: experimentalApi,
    kind: "XBackend",
    metadata,
    spec: { ...where, ...spec },
  }));

export const pod = fc
  .record({
    name: fc.constantFrom("w1", "w2"),
    namespace,
    labels: fc.constantFrom({ team: "red" }, { team: "blue", app: "x" }, { team: "blue" }, {}),
    status: fc.record({
      podIP: fc.constantFrom("10.1.0.1", "10.1.0.2"),
      conditions: fc.constantFrom([{ type: "Ready", status: "True" }], [{ type: "Ready", status: "False" }]),
    }),
  })
  .map(({ status, ...metadata }) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata,
    spec: { containers: [{ name: "c", image: "i" }] },
    status,
  }));

const bundle = fc.constantFrom(authorities("ca"), authorities("ca-other"));

export const configMap = fc
  .record({ name: secretName, namespace, creationTimestamp, text: fc.oneof(bundle, fc.constant("nothing")) })
  .map(({ text, ...metadata }) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata,
    data: { "ca.crt": text },
  }));

export const trustBundle = bundle.map((text) => ({
  apiVersion: "certificates.k8s.io/v1",
  kind: "ClusterTrustBundle",
  metadata: { name: "roots" },
  spec: { trustBundle: text },
}));

export const serviceImport = fc
  .record({
    metadata: named(serviceName),
    type: fc.constant("ClusterSetIP"),
    ips: seldom(fc.constant(["10.2.0.1"])),
    ports: fc.constantFrom([{ port: 80 }], [{ name: "w", port: 80, appProtocol: "kubernetes.io/h2c" }]),
  })
  .map(({ metadata, ...spec }) => ({
    apiVersion: "multicluster.x-k8s.io/v1beta1",
    kind: "ServiceImport",
    metadata,
    spec,
  }));

export const definition = fc
  .record({ "gateway.networking.k8s.io/bundle-version": fc.constantFrom("v1.7.0", "v1.4.1") })
  .map((annotations) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: "gateways.gateway.networking.k8s.io",
      annotations: { ...annotations, "api-approved.kubernetes.io": "unapproved" },
    },
    spec: {
      group: "gateway.networking.k8s.io",
      scope: "Namespaced",
      names: { plural: "gateways", singular: "gateway", kind: "Gateway", listKind: "GatewayList" },
      versions: [
        { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } },
      ],
    },
  }));

const clients = fc.record({
  caCertificateRefs: fc.array(authorityRef, { minLength: 1, maxLength: 2 }),
  mode: fc.constantFrom("AllowValidOnly", "AllowInsecureFallback"),
});

/** TLS of a Gateway as a whole. */
export const gatewayTLS = fc.record({
  backend: seldom(fc.record({ clientCertificateRef: secretRef })),
  frontend: seldom(
    fc.record({
      default: fc.record({ validation: seldom(clients) }),
      perPort: seldom(fc.record({ validation: clients }).map((one) => [{ port: 443, tls: one }])),
    }),
  ),
});
