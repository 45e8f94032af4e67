import type { Json } from "../testing.ts";

export const authority = { group: "", kind: "ConfigMap", name: "ca" };

/** A Gateway with every field that its spec has; for tests. */
export const full: Json = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "Gateway",
  metadata: {
    name: "gw",
    namespace: "infra",
    labels: { "example.com/a": "b" },
    managedFields: [{ manager: "m" }],
  },
  spec: {
    gatewayClassName: "class",
    defaultScope: "All",
    addresses: [
      { value: "10.0.0.1", routability: "Cluster" },
      { type: "IPAddress", value: "2001:db8::1", routability: "example.com/private" },
      { type: "Hostname", value: "*.lb.example.com" },
      { type: "Hostname" },
      { type: "example.com/pool", value: "Any Thing" },
    ],
    infrastructure: {
      labels: { "example.com/team": "a" },
      annotations: { note: "any text" },
      parametersRef: { group: "example.com", kind: "Params", name: "p" },
    },
    allowedListeners: { namespaces: { from: "Selector", selector: { matchLabels: { a: "b" } } } },
    tls: {
      backend: { clientCertificateRef: { name: "client" } },
      frontend: {
        default: { validation: { caCertificateRefs: [authority] } },
        perPort: [
          {
            port: 8443,
            tls: {
              validation: {
                mode: "AllowInsecureFallback",
                caCertificateRefs: [{ group: "certificates.k8s.io", kind: "ClusterTrustBundle", name: "b" }],
              },
            },
          },
        ],
      },
    },
    listeners: [
      {
        name: "http",
        port: 80,
        protocol: "HTTP",
        hostname: "*.example.com",
        allowedRoutes: {
          namespaces: {
            from: "Selector",
            selector: { matchExpressions: [{ key: "env", operator: "In", values: ["prod"] }] },
          },
          kinds: [{ kind: "HTTPRoute" }],
        },
        filters: {
          requests: [
            {
              type: "ExternalAuth",
              externalAuth: { protocol: "GRPC", backendRef: { name: "auth", port: 9000 }, grpc: {} },
            },
            { type: "ExtensionRef", extensionRef: { group: "example.com", kind: "Waf", name: "w" } },
          ],
        },
      },
      { name: "https", port: 443, protocol: "HTTPS", tls: { certificateRefs: [{ name: "cert" }] } },
      {
        name: "https-options",
        port: 8443,
        protocol: "HTTPS",
        tls: { options: { "example.com/acme": "on" } },
      },
      { name: "tls", port: 444, protocol: "TLS", hostname: "a.example.com", tls: { mode: "Passthrough" } },
      { name: "tcp", port: 5432, protocol: "TCP" },
      { name: "own", port: 9, protocol: "example.com/Bar" },
    ],
  },
};
