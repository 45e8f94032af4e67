const group = "gateway.networking.k8s.io";

/** Holds what is measured; a second one takes the objects that only warm the server up. */
export const namespaces = { measured: "bench", warmUp: "bench-warm-up" } as const;

export function nameOf(i: number): string {
  return `route-${String(i).padStart(5, "0")}`;
}

export function collectionOf(namespace: string): string {
  return `/apis/${group}/v1/namespaces/${namespace}/httproutes`;
}

/** JSON of an HTTPRoute with two rules; `weight` is what writes change. 1.4 KiB, and 2.1 as it is stored. */
export function routeText(namespace: string, i: number, weight = 90): string {
  const app = `app-${i % 100}`;
  return JSON.stringify({
    apiVersion: `${group}/v1`,
    kind: "HTTPRoute",
    metadata: {
      name: nameOf(i),
      namespace,
      labels: { "app.kubernetes.io/name": app, "app.kubernetes.io/part-of": "shop", tier: "edge" },
      annotations: { "example.com/owner": `team-${i % 10}@example.com`, "example.com/review": "2026-11" },
    },
    spec: {
      parentRefs: [{ name: "public", namespace: "infra", sectionName: "https" }],
      hostnames: [`${app}-${i}.example.com`, `${app}-${i}.example.org`],
      rules: [
        {
          matches: [
            { path: { type: "PathPrefix", value: `/${app}/v1` }, method: "GET" },
            {
              path: { type: "Exact", value: `/${app}/v1/login` },
              headers: [
                { name: "X-Tenant", value: `tenant-${i}` },
                { name: "X-Version", type: "RegularExpression", value: "^v[12]$" },
              ],
              queryParams: [{ name: "debug", value: "false" }],
            },
          ],
          filters: [
            {
              type: "RequestHeaderModifier",
              requestHeaderModifier: {
                set: [{ name: "X-Route", value: nameOf(i) }],
                add: [{ name: "X-Seen", value: "edge" }],
                remove: ["X-Internal"],
              },
            },
            {
              type: "URLRewrite",
              urlRewrite: { hostname: `${app}.internal.example.com` },
            },
          ],
          backendRefs: [
            { name: app, port: 8080, weight },
            { name: `${app}-canary`, port: 8080, weight: 10 },
          ],
          timeouts: { request: "10s", backendRequest: "2s" },
        },
        {
          matches: [{ path: { type: "PathPrefix", value: `/${app}/static` } }],
          filters: [
            {
              type: "ResponseHeaderModifier",
              responseHeaderModifier: { set: [{ name: "Cache-Control", value: "max-age=3600" }] },
            },
          ],
          backendRefs: [{ name: `${app}-static`, port: 80 }],
        },
      ],
    },
  });
}
