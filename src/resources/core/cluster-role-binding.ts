import { array, optional } from "../schema/schema.ts";
import { immutable } from "./checks.ts";
import { builtIn, topLevel } from "./define.ts";
import { metadata } from "./metadata.ts";
import { pathSegment } from "./names.ts";
import {
  accountNamespace,
  bindingColumns,
  clusterRoleOnly,
  roleRef,
  soundSubject,
  subject,
} from "./role-binding.ts";

const clusterRoleBindingSchema = topLevel(
  {
    metadata: metadata(pathSegment),
    roleRef: {
      ...roleRef,
      description: "The cluster role; it cannot be changed.",
      checks: [clusterRoleOnly],
    },
    subjects: optional(
      array({ ...subject, checks: [soundSubject, accountNamespace] }, { description: "Who has it." }),
    ),
  },
  { description: "Who has a cluster role everywhere.", checks: [immutable("roleRef")] },
);

export const clusterRoleBindingKind = builtIn({
  kind: "ClusterRoleBinding",
  group: "rbac.authorization.k8s.io",
  plural: "clusterrolebindings",
  namespaced: false,
  schema: clusterRoleBindingSchema,
  columns: bindingColumns,
});
