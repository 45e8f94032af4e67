const KUBERNETES = /^v([0-9]+)(?:(alpha|beta)([0-9]+))?$/;

/**
 * Orders version names by priority, the preferred first: v2, v1, v2beta1, v1beta2, v1alpha1, then names of other
 * forms by the alphabet (apiextensions' "version priority").
 */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [KUBERNETES.exec(a), KUBERNETES.exec(b)];
  if (x === null || y === null) {
    if (x !== y) return x === null ? 1 : -1;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return (
    stability(y) - stability(x) || compareNumbers(y[1]!, x[1]!) || compareNumbers(y[3] ?? "", x[3] ?? "")
  );
}

function stability(match: RegExpExecArray): number {
  return ["alpha", "beta", undefined].indexOf(match[2]);
}

/** Decimal digits of any length. */
function compareNumbers(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
}

/** Groups in the order of kube-apiserver's documents, which decides who gets a name that two groups share. */
const groupOrder = [
  "",
  "apiregistration.k8s.io",
  "apps",
  "events.k8s.io",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "networking.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "storage.k8s.io",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "scheduling.k8s.io",
  "coordination.k8s.io",
  "node.k8s.io",
  "discovery.k8s.io",
  "resource.k8s.io",
  "flowcontrol.apiserver.k8s.io",
];

/** Built-in groups first, custom ones by name. */
export function compareGroups(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function rank(group: string): number {
  const index = groupOrder.indexOf(group);
  return index < 0 ? groupOrder.length : index;
}
