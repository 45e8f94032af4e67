import type { Kind } from "../kind.ts";
import { clusterRoleBindingKind } from "./cluster-role-binding.ts";
import { clusterRoleKind } from "./cluster-role.ts";
import { clusterTrustBundleKind } from "./cluster-trust-bundle.ts";
import { configMapKind } from "./config-map.ts";
import { customResourceDefinitionKind } from "./custom-resource-definition.ts";
import { deploymentKind } from "./deployment.ts";
import { endpointSliceKind } from "./endpoint-slice.ts";
import { endpointsKind } from "./endpoints.ts";
import { eventKind } from "./event.ts";
import { eventsEventKind } from "./events-event.ts";
import { ingressClassKind } from "./ingress-class.ts";
import { ingressKind } from "./ingress.ts";
import { keptKinds } from "./kept-kinds.ts";
import { leaseKind } from "./lease.ts";
import { namespaceKind } from "./namespace.ts";
import { nodeKind } from "./node.ts";
import { podKind } from "./pod.ts";
import { replicaSetKind } from "./replica-set.ts";
import { roleBindingKind } from "./role-binding.ts";
import { roleKind } from "./role.ts";
import { secretKind } from "./secret.ts";
import { serviceAccountKind } from "./service-account.ts";
import { serviceKind } from "./service.ts";
import { validatingAdmissionPolicyBindingKind } from "./validating-admission-policy-binding.ts";
import { validatingAdmissionPolicyKind } from "./validating-admission-policy.ts";

/** The kinds of Kubernetes 1.36 that are served: those that are known in full, and those that are only kept. */
export const coreKinds: readonly Kind[] = [
  namespaceKind,
  serviceKind,
  endpointsKind,
  configMapKind,
  secretKind,
  podKind,
  serviceAccountKind,
  nodeKind,
  eventKind,
  eventsEventKind,
  endpointSliceKind,
  deploymentKind,
  replicaSetKind,
  leaseKind,
  ingressKind,
  ingressClassKind,
  roleKind,
  clusterRoleKind,
  roleBindingKind,
  clusterRoleBindingKind,
  customResourceDefinitionKind,
  validatingAdmissionPolicyKind,
  validatingAdmissionPolicyBindingKind,
  clusterTrustBundleKind,
  ...keptKinds,
];
