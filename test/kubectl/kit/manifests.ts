/** A class, two Services with their Deployments, a Gateway and a route to both, as a first guide would have them. */
export const shop = {
  gatewayClass: `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: GatewayClass
metadata: { name: shop }
spec: { controllerName: shop.example/controller }
`,
  backends: ["cart", "stock"].map(backend).join("---"),
  gateway: `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: Gateway
metadata: { name: front }
spec:
  gatewayClassName: shop
  listeners: [{ name: web, protocol: HTTP, port: 80 }]
`,
  httpRoute: `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: HTTPRoute
metadata: { name: shop }
spec:
  parentRefs: [{ name: front }]
  hostnames: [shop.example]
  rules:
  - matches: [{ path: { type: PathPrefix, value: /cart } }]
    backendRefs: [{ name: cart, port: 3000 }]
  - matches: [{ path: { type: PathPrefix, value: /stock } }]
    backendRefs: [{ name: stock, port: 3000 }]
`,
};

function backend(name: string): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name}, labels: { app: ${name} } }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 3000, targetPort: 3000 }] }
---
${deployment(name)}`;
}

export function deployment(name: string, replicas = 1): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: "example/${name}:1", ports: [{ containerPort: 3000 }] }] }
`;
}

export function configMap(name: string, value: string, labels = "{}"): string {
  return `
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, labels: ${labels} }
data: { color: "${value}" }
`;
}
