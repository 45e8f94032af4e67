import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { aggregatedRules } from "./aggregated-rules.ts";
import { allows, type Attributes, type PolicyRule, rulesOf } from "./policy-rule.ts";
import type { RbacSource } from "./rbac-source.ts";
import { mastersGroup, serviceAccountName, type User } from "./user.ts";

export interface Decision {
  readonly allowed: boolean;
  /** Which binding allows it; empty when none does. */
  readonly reason: string;
}

/** Rules that a subject has, and by what. */
interface Grant {
  readonly reason: string;
  readonly rules: readonly PolicyRule[];
}

/** Grants by subject: `User NAME` or `Group NAME`. */
type Grants = Map<string, Grant[]>;

interface Compiled {
  readonly revision: number;
  readonly cluster: Grants;
  readonly namespaces: ReadonlyMap<string, Grants>;
  readonly roles: ReadonlyMap<string, readonly PolicyRule[]>;
}

const everything: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];
const mastersGrant: Grant = { reason: `the group ${mastersGroup} may do everything`, rules: everything };

/** Role-based access control: what the roles that are bound to a user allow. Nothing is denied, only not allowed. */
export class Rbac {
  private readonly source: RbacSource;
  private compiled: Compiled | undefined;

  constructor(source: RbacSource) {
    this.source = source;
  }

  authorize(user: User, attributes: Attributes): Decision {
    for (const { reason, rules } of this.grantsOf(user, attributes.namespace))
      for (const rule of rules) if (allows(rule, attributes)) return { allowed: true, reason };
    return { allowed: false, reason: "" };
  }

  /** What the user may do in the namespace, cluster-wide rights included; `""` for those alone. */
  rulesFor(user: User, namespace: string): readonly PolicyRule[] {
    return [...this.grantsOf(user, namespace)].flatMap(({ rules }) => rules);
  }

  /** Of the role that a binding in `namespace` (`""` for a ClusterRoleBinding) refers to; `undefined` when it is not there. */
  rulesOfRole(roleRef: unknown, namespace: string): readonly PolicyRule[] | undefined {
    return this.current().roles.get(roleKey(roleRef, namespace));
  }

  private *grantsOf(user: User, namespace: string): Generator<Grant, void> {
    if (user.groups.includes(mastersGroup)) yield mastersGrant;
    const { cluster, namespaces } = this.current();
    const subjects = [`User ${user.name}`, ...user.groups.map((group) => `Group ${group}`)];
    for (const grants of [cluster, namespaces.get(namespace)])
      if (grants !== undefined) for (const subject of subjects) yield* grants.get(subject) ?? [];
  }

  private current(): Compiled {
    const { revision } = this.source;
    if (this.compiled?.revision !== revision) this.compiled = { revision, ...compile(this.source) };
    return this.compiled;
  }
}

function compile(source: RbacSource): Omit<Compiled, "revision"> {
  const roles = new Map<string, readonly PolicyRule[]>();
  for (const [name, rules] of aggregatedRules(source.list("clusterroles")))
    roles.set(`ClusterRole ${name}`, rules);
  for (const role of source.list("roles")) {
    const { namespace, name } = metadataOf(role);
    roles.set(roleKey({ kind: "Role", name }, namespace), rulesOf(role));
  }
  const cluster: Grants = new Map();
  for (const binding of source.list("clusterrolebindings"))
    bind(cluster, binding, "ClusterRoleBinding", "", roles);
  const namespaces = new Map<string, Grants>();
  for (const binding of source.list("rolebindings")) {
    const { namespace } = metadataOf(binding);
    let grants = namespaces.get(namespace);
    if (grants === undefined) namespaces.set(namespace, (grants = new Map()));
    bind(grants, binding, "RoleBinding", namespace, roles);
  }
  return { cluster, namespaces, roles };
}

function bind(
  grants: Grants,
  binding: JsonObject,
  kind: string,
  namespace: string,
  roles: ReadonlyMap<string, readonly PolicyRule[]>,
): void {
  const { roleRef, subjects } = binding;
  const rules = roles.get(roleKey(roleRef, namespace));
  if (rules === undefined || !Array.isArray(subjects)) return;
  const { name } = metadataOf(binding);
  for (const subject of subjects.filter(isJsonObject)) {
    const key = subjectKey(subject, namespace);
    if (key === undefined) continue;
    const grant = {
      reason: `${kind} "${namespace === "" ? "" : `${namespace}/`}${name}" gives it to ${key}`,
      rules,
    };
    const list = grants.get(key);
    if (list === undefined) grants.set(key, [grant]);
    else list.push(grant);
  }
}

function subjectKey(subject: JsonObject, bindingNamespace: string): string | undefined {
  const { kind, name } = subject;
  if (typeof name !== "string") return undefined;
  if (kind === "User" || kind === "Group") return `${kind} ${name}`;
  if (kind !== "ServiceAccount") return undefined;
  const given = subject["namespace"];
  const namespace = typeof given === "string" && given !== "" ? given : bindingNamespace;
  return namespace === "" ? undefined : `User ${serviceAccountName(namespace, name)}`;
}

/** A ClusterRoleBinding knows no Roles, whatever their name. */
function roleKey(roleRef: unknown, namespace: string): string {
  if (!isJsonObject(roleRef)) return "";
  const { kind, name } = roleRef;
  if (kind === "Role" && namespace !== "") return `Role ${namespace}/${String(name)}`;
  return kind === "ClusterRole" ? `ClusterRole ${String(name)}` : "";
}

function metadataOf({ metadata }: JsonObject): { readonly namespace: string; readonly name: string } {
  const { namespace, name } = isJsonObject(metadata) ? metadata : {};
  return {
    namespace: typeof namespace === "string" ? namespace : "",
    name: typeof name === "string" ? name : "",
  };
}
