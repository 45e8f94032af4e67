import type { Json } from "../testing.ts";

export const service = { name: "svc", port: 8080 };

/** An HTTPRoute with every field that there is; for tests. */
export const full: Json = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "route", namespace: "apps" },
  spec: {
    useDefaultGateways: "All",
    parentRefs: [
      { name: "gw", namespace: "infra", sectionName: "http" },
      { name: "gw", namespace: "infra", sectionName: "https" },
      { name: "other", port: 8080 },
      { group: "", kind: "Service", name: "svc", port: 80 },
    ],
    hostnames: ["a.example.com", "*.example.com"],
    rules: [
      {
        name: "main",
        matches: [
          { path: { type: "Exact", value: "/a%20b" }, method: "GET" },
          {
            path: { type: "RegularExpression", value: "^/(a|b)//x#" },
            headers: [
              { name: "X-A", value: "one space,\tone tab" },
              { name: "x-b", type: "RegularExpression", value: "^a$" },
            ],
            queryParams: [{ name: "q", value: " " }],
          },
        ],
        filters: [
          {
            type: "RequestHeaderModifier",
            requestHeaderModifier: {
              set: [{ name: "a", value: "b" }],
              add: [{ name: "a", value: "c" }],
              remove: ["d"],
            },
          },
          { type: "ResponseHeaderModifier", responseHeaderModifier: { remove: ["server"] } },
          { type: "RequestMirror", requestMirror: { backendRef: service, percent: 10 } },
          { type: "RequestMirror", requestMirror: { backendRef: service, fraction: { numerator: 1 } } },
          {
            type: "URLRewrite",
            urlRewrite: {
              hostname: "b.example.com",
              path: { type: "ReplaceFullPath", replaceFullPath: "/" },
            },
          },
          {
            type: "CORS",
            cors: {
              allowOrigins: ["https://*.example.com", "http://localhost:3000", "https://*"],
              allowCredentials: true,
              allowMethods: ["GET", "PUT"],
              allowHeaders: ["*"],
              exposeHeaders: ["X-A"],
            },
          },
          {
            type: "ExternalAuth",
            externalAuth: {
              protocol: "HTTP",
              backendRef: service,
              http: { path: "/auth", allowedHeaders: ["Cookie"], allowedResponseHeaders: ["X-User"] },
              forwardBody: { maxSize: 1024 },
            },
          },
          { type: "ExtensionRef", extensionRef: { group: "example.com", kind: "Waf", name: "w" } },
          { type: "ExtensionRef", extensionRef: { group: "example.com", kind: "Waf", name: "v" } },
        ],
        backendRefs: [
          { ...service, weight: 90, filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: {} }] },
          { ...service, name: "canary", namespace: "other", weight: 0 },
          { group: "gateway.networking.x-k8s.io", kind: "XBackend", name: "external" },
        ],
        timeouts: { request: "10s", backendRequest: "2s" },
        retry: { codes: [500, 503], attempts: 3, backoff: "100ms" },
        sessionPersistence: {
          type: "Cookie",
          absoluteTimeout: "1h30m",
          cookie: { name: "session", path: "/a", lifetimeType: "Permanent" },
        },
      },
      {
        name: "redirect",
        matches: [{ path: { value: "/old" } }],
        filters: [
          {
            type: "RequestRedirect",
            requestRedirect: {
              scheme: "https",
              hostname: "b.example.com",
              path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/new" },
              port: 8443,
              statusCode: 308,
            },
          },
        ],
        sessionPersistence: { type: "Header", header: { name: "x-session" } },
      },
    ],
  },
};
