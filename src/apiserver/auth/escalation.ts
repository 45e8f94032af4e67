import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { forbidden } from "./forbidden.ts";
import {
  type Attributes,
  countGrains,
  covers,
  type Grain,
  grainsOf,
  type PolicyRule,
  rulesOf,
} from "./policy-rule.ts";
import type { Rbac } from "./rbac.ts";
import { rbacGroup, type RbacResource } from "./rbac-source.ts";
import type { User } from "./user.ts";

/** Above this a role is not compared: lists of thousands multiply, and no role that people write comes near. */
const maxGrains = 100_000;
/** Missing rights that a message names. */
const maxNamed = 5;

const fullAuthority: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

/** A role or binding that is to be written. */
export interface RbacWrite {
  readonly verb: "create" | "update" | "patch";
  readonly resource: RbacResource;
  /** `""` for cluster roles and their bindings. */
  readonly namespace: string;
  readonly name: string;
  readonly object: JsonObject;
  /** What it replaces. */
  readonly previous?: JsonObject;
}

/**
 * Throws `Forbidden` when the write would give away rights that the user lacks: all rules of a role unless the user may
 * `escalate` it, those of the role that a binding refers to unless the user may `bind` it.
 */
export function checkEscalation(rbac: Rbac, user: User, write: RbacWrite): void {
  const { verb, resource, namespace, name, object, previous } = write;
  if (previous !== undefined && givesNothing(object, previous)) return;
  const attributes = { verb, group: rbacGroup, resource, subresource: "", namespace, name };
  if (resource === "roles" || resource === "clusterroles") {
    if (rbac.authorize(user, { ...attributes, verb: "escalate" }).allowed) return;
    const held = rbac.rulesFor(user, namespace);
    let lack = lacking(held, rulesOf(object));
    if (lack === undefined && (aggregates(object) || (previous !== undefined && aggregates(previous))))
      lack = lacking(held, fullAuthority) && "an aggregationRule is for those who may do everything";
    if (lack !== undefined) throw forbidden(user, attributes, lack);
    return;
  }
  const bind = bindAttributes(object, namespace);
  if (bind !== undefined && rbac.authorize(user, bind).allowed) return;
  const rules = rbac.rulesOfRole(object["roleRef"], namespace);
  const lack =
    rules === undefined
      ? 'the role that roleRef names is not there, and only who may "bind" it can do so before it is'
      : lacking(rbac.rulesFor(user, namespace), rules);
  if (lack !== undefined) throw forbidden(user, attributes, lack);
}

/** What of `given` is not in `held`, in words. */
function lacking(held: readonly PolicyRule[], given: readonly PolicyRule[]): string | undefined {
  const rest = given.filter((rule) => !coversAtOnce(held, rule));
  const total = rest.reduce((sum, rule) => sum + countGrains(rule), 0);
  if (total > maxGrains)
    return `its rules combine to ${total} single rights, too many to compare with yours (${maxGrains})`;
  const missing = rest.flatMap((rule) =>
    [...grainsOf(rule)].filter((grain) => !held.some((own) => covers(own, grain))),
  );
  if (missing.length === 0) return undefined;
  const more = missing.length > maxNamed ? `; and ${missing.length - maxNamed} more` : "";
  return `it would give rights that you do not have: ${missing.slice(0, maxNamed).map(describe).join("; ")}${more}`;
}

/**
 * Owners and finalizers change when the garbage collector clears away, and give nobody a right. A label may: other roles
 * gather rules by labels.
 */
function givesNothing(object: JsonObject, previous: JsonObject): boolean {
  return JSON.stringify(withoutTraces(object)) === JSON.stringify(withoutTraces(previous));
}

const traces: ReadonlySet<string> = new Set([
  "ownerReferences",
  "finalizers",
  "resourceVersion",
  "generation",
  "managedFields",
]);

function withoutTraces(object: JsonObject): JsonObject {
  const { metadata } = object;
  if (!isJsonObject(metadata)) return object;
  const rest = Object.entries(metadata).filter(([field]) => !traces.has(field));
  return { ...object, metadata: Object.fromEntries(rest) };
}

function bindAttributes({ roleRef }: JsonObject, namespace: string): Attributes | undefined {
  if (!isJsonObject(roleRef)) return undefined;
  const { kind, name } = roleRef;
  if (kind !== "ClusterRole" && kind !== "Role") return undefined;
  const resource = kind === "Role" ? "roles" : "clusterroles";
  return {
    verb: "bind",
    group: rbacGroup,
    resource,
    subresource: "",
    namespace,
    name: String(name),
  };
}

function aggregates({ aggregationRule }: JsonObject): boolean {
  const selectors = isJsonObject(aggregationRule) ? aggregationRule["clusterRoleSelectors"] : undefined;
  return Array.isArray(selectors) && selectors.length > 0;
}

/** The usual case of an administrator, without taking the rule apart. */
function coversAtOnce(held: readonly PolicyRule[], { nonResourceURLs, resources }: PolicyRule): boolean {
  const unnamed = held.filter((own) => all(own.verbs) && (own.resourceNames ?? []).length === 0);
  return (
    ((resources ?? []).length === 0 || unnamed.some((own) => all(own.apiGroups) && all(own.resources))) &&
    ((nonResourceURLs ?? []).length === 0 || unnamed.some((own) => all(own.nonResourceURLs)))
  );
}

function describe(grain: Grain): string {
  if ("url" in grain) return `${grain.verb} ${grain.url}`;
  const { verb, group, resource, name } = grain;
  return `${verb} ${resource}${group === "" ? "" : ` of ${group}`}${name === undefined ? "" : ` named "${name}"`}`;
}

function all(list: readonly string[] | undefined): boolean {
  return list?.includes("*") === true;
}
