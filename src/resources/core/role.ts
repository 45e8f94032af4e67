import { array, type Check, object, optional, string } from "../schema/schema.ts";
import { builtIn, topLevel } from "./define.ts";
import { metadata } from "./metadata.ts";
import { pathSegment } from "./names.ts";

interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** A rule is about resources or about paths. */
export const resourceRule: Check<PolicyRule> = (rule, fail) => {
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  if (nonResourceURLs.length > 0) {
    if (apiGroups.length + resources.length + resourceNames.length > 0) {
      fail("A rule is about resources or about paths, not both", ["nonResourceURLs"], "key");
    }
    return;
  }
  if (apiGroups.length === 0)
    fail('A rule needs API groups; "" is the core group', ["apiGroups"], "key", "FieldValueRequired");
  if (resources.length === 0) fail("A rule needs resources", ["resources"], "key", "FieldValueRequired");
};

const namespacedRule: Check<PolicyRule> = ({ nonResourceURLs = [] }, fail) => {
  if (nonResourceURLs.length > 0)
    fail("Paths are not in a namespace: use a ClusterRole", ["nonResourceURLs"], "key");
};

export const policyRule = object({
  apiGroups: optional(array(string(), { description: "API groups; the empty string is the core group." })),
  nonResourceURLs: optional(
    array(string(), { description: "Paths that are no resources; cluster roles only." }),
  ),
  resourceNames: optional(array(string(), { description: "Names of objects; all unless said." })),
  resources: optional(
    array(string(), { description: "Plural names, with /SUBRESOURCE where one is meant." }),
  ),
  verbs: array(string(), {
    description: "get, list, watch, create, update, patch, delete, deletecollection, or * for all.",
    minItems: 1,
  }),
});

const roleSchema = topLevel(
  {
    metadata: metadata(pathSegment),
    rules: optional(
      array({ ...policyRule, checks: [resourceRule, namespacedRule] }, { description: "What is allowed." }),
    ),
  },
  { description: "What is allowed in one namespace." },
);

export const roleKind = builtIn({
  kind: "Role",
  group: "rbac.authorization.k8s.io",
  plural: "roles",
  schema: roleSchema,
  columns: [],
});
