import type { JsonObject } from "../json.ts";
import type { Column } from "../kind.ts";
import { array, type Check, object, optional, string } from "../schema/schema.ts";
import { age, column, part, parts, text, wideColumn } from "./cells.ts";
import { immutable, isSubdomain, shown } from "./checks.ts";
import { builtIn, topLevel } from "./define.ts";
import { described, optionalString } from "./fields.ts";
import { metadata } from "./metadata.ts";
import { pathSegment } from "./names.ts";

interface Subject {
  readonly kind: "ServiceAccount" | "User" | "Group";
  readonly apiGroup?: string;
  readonly name: string;
  readonly namespace?: string;
}

const RBAC_GROUP = "rbac.authorization.k8s.io";

export const soundSubject: Check<Subject> = ({ kind, apiGroup, name }, fail) => {
  const wanted = kind === "ServiceAccount" ? "" : RBAC_GROUP;
  if ((apiGroup ?? wanted) !== wanted) fail(`The API group of a ${kind} is "${wanted}"`, ["apiGroup"]);
  if (kind === "ServiceAccount" && !isSubdomain(name))
    fail(`${shown(name)} is not the name of a ServiceAccount`, ["name"]);
};

/** Where there is no namespace of the binding, an account needs its own. */
export const accountNamespace: Check<Subject> = ({ kind, namespace = "" }, fail) => {
  if (kind === "ServiceAccount" && namespace === "")
    fail("A ServiceAccount needs its namespace here", ["namespace"], "key", "FieldValueRequired");
};

export const clusterRoleOnly: Check<{ readonly kind: string }> = ({ kind }, fail) => {
  if (kind !== "ClusterRole") fail("A ClusterRoleBinding gives ClusterRoles only", ["kind"]);
};

export const roleRef = object(
  {
    apiGroup: string({ enum: ["rbac.authorization.k8s.io"], default: "rbac.authorization.k8s.io" }),
    kind: string({ enum: ["Role", "ClusterRole"] }),
    name: string(pathSegment),
  },
  { atomic: true },
);

export const subject = object(
  {
    apiGroup: optionalString,
    kind: string({ enum: ["ServiceAccount", "User", "Group"] }),
    name: string({ minLength: 1 }),
    namespace: optionalString,
  },
  { atomic: true, checks: [soundSubject] },
);

const roleBindingSchema = topLevel(
  {
    metadata: metadata(pathSegment),
    roleRef: described(roleRef, "The role; it cannot be changed."),
    subjects: optional(array(subject, { description: "Who has it." })),
  },
  { description: "Who has a role in one namespace.", checks: [immutable("roleRef")] },
);

function subjects(binding: JsonObject, kind: string): string {
  return parts(binding, "subjects")
    .filter((one) => text(one, "kind") === kind)
    .map((one) =>
      kind === "ServiceAccount" ? `${text(one, "namespace")}/${text(one, "name")}` : text(one, "name"),
    )
    .join(", ");
}

export const bindingColumns: readonly Column[] = [
  column("Role", "The role.", (binding) => {
    const ref = part(binding, "roleRef");
    return `${text(ref, "kind")}/${text(ref, "name")}`;
  }),
  age,
  wideColumn("Users", "Users who have it.", (binding) => subjects(binding, "User")),
  wideColumn("Groups", "Groups who have it.", (binding) => subjects(binding, "Group")),
  wideColumn("ServiceAccounts", "Accounts that have it.", (binding) => subjects(binding, "ServiceAccount")),
];

export const roleBindingKind = builtIn({
  kind: "RoleBinding",
  group: RBAC_GROUP,
  plural: "rolebindings",
  schema: roleBindingSchema,
  columns: bindingColumns,
});
