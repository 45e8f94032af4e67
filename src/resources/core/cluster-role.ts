import { array, object, optional } from "../schema/schema.ts";
import { builtIn, topLevel } from "./define.ts";
import { described } from "./fields.ts";
import { labelSelector } from "./label-selector.ts";
import { metadata } from "./metadata.ts";
import { pathSegment } from "./names.ts";
import { policyRule, resourceRule } from "./role.ts";

const aggregationRule = object({ clusterRoleSelectors: array(labelSelector, { minItems: 1 }) });

const clusterRoleSchema = topLevel(
  {
    metadata: metadata(pathSegment),
    aggregationRule: optional(described(aggregationRule, "ClusterRoles whose rules are taken over.")),
    rules: optional(array({ ...policyRule, checks: [resourceRule] }, { description: "What is allowed." })),
  },
  { description: "What is allowed in all namespaces and outside of them." },
);

export const clusterRoleKind = builtIn({
  kind: "ClusterRole",
  group: "rbac.authorization.k8s.io",
  plural: "clusterroles",
  namespaced: false,
  schema: clusterRoleSchema,
  columns: [],
});
