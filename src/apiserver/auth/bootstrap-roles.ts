import type { JsonObject } from "../../resources/json.ts";
import { clusterRoleRules } from "./bootstrap/cluster-roles.ts";
import { controllerRules } from "./bootstrap/controller-roles.ts";
import { parseRule, type RuleTexts } from "./bootstrap/rule-text.ts";
import { rbacGroup, type RbacResource } from "./rbac-source.ts";
import { authenticatedGroup, mastersGroup, unauthenticatedGroup } from "./user.ts";

export interface BootstrapObject {
  readonly resource: RbacResource;
  readonly object: JsonObject;
}

/** `User NAME`, `Group NAME`, or `ServiceAccount NAME` of kube-system. */
type SubjectText = string;

/** The roles that gather others: by the label that these have, the label that they have themselves. */
const gathering: Readonly<Record<string, { readonly gathers: string; readonly joins?: string }>> = {
  admin: { gathers: "admin" },
  edit: { gathers: "edit", joins: "admin" },
  view: { gathers: "view", joins: "edit" },
};

/** Subjects by the ClusterRole that a binding of the same name gives to them. */
const clusterBindings: Readonly<Record<string, readonly SubjectText[]>> = {
  "cluster-admin": [`Group ${mastersGroup}`],
  "system:basic-user": [`Group ${authenticatedGroup}`],
  "system:discovery": [`Group ${authenticatedGroup}`],
  "system:kube-controller-manager": ["User system:kube-controller-manager"],
  "system:kube-dns": ["ServiceAccount kube-dns"],
  "system:kube-scheduler": ["User system:kube-scheduler"],
  "system:monitoring": ["Group system:monitoring"],
  // Elsewhere a node authorizer, which looks at what runs on a node, stands in for this binding. There is none here.
  "system:node": ["Group system:nodes"],
  "system:node-proxier": ["User system:kube-proxy"],
  "system:public-info-viewer": [`Group ${authenticatedGroup}`, `Group ${unauthenticatedGroup}`],
  "system:service-account-issuer-discovery": ["Group system:serviceaccounts"],
  "system:volume-scheduler": ["User system:kube-scheduler"],
};

interface NamespacedRole {
  readonly namespace: string;
  readonly name: string;
  readonly rules: RuleTexts;
  /** The role's name unless given. */
  readonly binding?: string;
  readonly subjects: readonly SubjectText[];
}

const recordEvents = "create,patch,update core,events.k8s.io events";
const lockLeader = [
  "read,create,update coordination.k8s.io leases",
  "read,create,update coordination.k8s.io leasecandidates",
];

const namespacedRoles: readonly NamespacedRole[] = [
  {
    namespace: "kube-public",
    name: "system:controller:bootstrap-signer",
    rules: ["read core configmaps", "update core configmaps cluster-info", recordEvents],
    subjects: ["ServiceAccount bootstrap-signer"],
  },
  {
    namespace: "kube-system",
    name: "extension-apiserver-authentication-reader",
    rules: ["read core configmaps extension-apiserver-authentication"],
    binding: "system::extension-apiserver-authentication-reader",
    subjects: ["User system:kube-controller-manager", "User system:kube-scheduler"],
  },
  {
    namespace: "kube-system",
    name: "system::leader-locking-kube-controller-manager",
    rules: lockLeader,
    subjects: [
      "User system:kube-controller-manager",
      "ServiceAccount kube-controller-manager",
      "ServiceAccount leader-election-controller",
    ],
  },
  {
    namespace: "kube-system",
    name: "system::leader-locking-kube-scheduler",
    rules: lockLeader,
    subjects: ["User system:kube-scheduler", "ServiceAccount kube-scheduler"],
  },
  {
    namespace: "kube-system",
    name: "system:controller:bootstrap-signer",
    rules: ["read core secrets"],
    subjects: ["ServiceAccount bootstrap-signer"],
  },
  {
    namespace: "kube-system",
    name: "system:controller:cloud-provider",
    rules: ["read,create core configmaps"],
    subjects: ["ServiceAccount cloud-provider"],
  },
  {
    namespace: "kube-system",
    name: "system:controller:token-cleaner",
    rules: ["read,delete core secrets", recordEvents],
    subjects: ["ServiceAccount token-cleaner"],
  },
];

/**
 * The roles and bindings that every Kubernetes cluster begins with, so that its components work under their own names.
 * Namespaced ones are in kube-system and kube-public. Metadata has name, namespace, labels and annotations.
 */
export function bootstrapObjects(): readonly BootstrapObject[] {
  const objects: BootstrapObject[] = [];
  for (const [name, { gathers, joins }] of Object.entries(gathering)) {
    const labels = joins === undefined ? {} : aggregateTo(joins);
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: aggregateTo(gathers) }] };
    objects.push(make("clusterroles", "ClusterRole", { name, labels }, { aggregationRule, rules: [] }));
  }
  for (const [name, texts] of Object.entries(clusterRoleRules)) {
    const [, target] = /^system:aggregate-to-(.*)$/.exec(name) ?? [];
    const labels = target === undefined ? {} : aggregateTo(target);
    objects.push(make("clusterroles", "ClusterRole", { name, labels }, { rules: texts.map(parseRule) }));
  }
  for (const [name, subjects] of Object.entries(clusterBindings))
    objects.push(binding("", name, { kind: "ClusterRole", name }, subjects));
  for (const [controller, texts] of Object.entries(controllerRules)) {
    const name = `system:controller:${controller}`;
    objects.push(make("clusterroles", "ClusterRole", { name }, { rules: texts.map(parseRule) }));
    objects.push(binding("", name, { kind: "ClusterRole", name }, [`ServiceAccount ${controller}`]));
  }
  for (const { namespace, name, rules, subjects, binding: bindingName = name } of namespacedRoles) {
    objects.push(make("roles", "Role", { name, namespace }, { rules: rules.map(parseRule) }));
    objects.push(binding(namespace, bindingName, { kind: "Role", name }, subjects));
  }
  return objects;
}

function aggregateTo(role: string): Readonly<Record<string, string>> {
  return { [`${rbacGroup}/aggregate-to-${role}`]: "true" };
}

interface Names {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

function make(
  resource: RbacResource,
  kind: string,
  { labels, ...names }: Names,
  rest: JsonObject,
): BootstrapObject {
  const metadata = {
    ...names,
    labels: { "kubernetes.io/bootstrapping": "rbac-defaults", ...labels },
    annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
  };
  return { resource, object: { apiVersion: `${rbacGroup}/v1`, kind, metadata, ...rest } };
}

function binding(
  namespace: string,
  name: string,
  role: { readonly kind: string; readonly name: string },
  subjects: readonly SubjectText[],
): BootstrapObject {
  const rest = { roleRef: { apiGroup: rbacGroup, ...role }, subjects: subjects.map(subject) };
  return namespace === ""
    ? make("clusterrolebindings", "ClusterRoleBinding", { name }, rest)
    : make("rolebindings", "RoleBinding", { name, namespace }, rest);
}

function subject(text: SubjectText): JsonObject {
  const [kind = "", name = ""] = text.split(" ");
  return kind === "ServiceAccount"
    ? { kind, name, namespace: "kube-system" }
    : { kind, apiGroup: rbacGroup, name };
}
