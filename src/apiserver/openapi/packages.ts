/**
 * Where kube-apiserver's Go code has the types of a built-in group, which names them in OpenAPI documents:
 * `io.k8s.api.core.v1.Pod`. Groups that are not here are custom and named by their own reversed DNS name.
 */
const packages: Readonly<Record<string, string>> = {
  "": "io.k8s.api.core",
  "admissionregistration.k8s.io": "io.k8s.api.admissionregistration",
  apps: "io.k8s.api.apps",
  "authentication.k8s.io": "io.k8s.api.authentication",
  "authorization.k8s.io": "io.k8s.api.authorization",
  autoscaling: "io.k8s.api.autoscaling",
  batch: "io.k8s.api.batch",
  "certificates.k8s.io": "io.k8s.api.certificates",
  "coordination.k8s.io": "io.k8s.api.coordination",
  "discovery.k8s.io": "io.k8s.api.discovery",
  "events.k8s.io": "io.k8s.api.events",
  "flowcontrol.apiserver.k8s.io": "io.k8s.api.flowcontrol",
  "internal.apiserver.k8s.io": "io.k8s.api.apiserverinternal",
  "networking.k8s.io": "io.k8s.api.networking",
  "node.k8s.io": "io.k8s.api.node",
  policy: "io.k8s.api.policy",
  "rbac.authorization.k8s.io": "io.k8s.api.rbac",
  "resource.k8s.io": "io.k8s.api.resource",
  "scheduling.k8s.io": "io.k8s.api.scheduling",
  "storage.k8s.io": "io.k8s.api.storage",
  "apiextensions.k8s.io": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
  "apiregistration.k8s.io": "io.k8s.kube-aggregator.pkg.apis.apiregistration",
};

export function isBuiltInGroup(group: string): boolean {
  return Object.hasOwn(packages, group);
}

/** The name of a kind's schema: `io.k8s.networking.gateway.v1.HTTPRoute` for a custom one. */
export function definitionName(group: string, version: string, kind: string): string {
  const home = isBuiltInGroup(group) ? packages[group]! : group.split(".").toReversed().join(".");
  return `${home}.${version}.${kind}`;
}
