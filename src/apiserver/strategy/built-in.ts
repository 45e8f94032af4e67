import type { Rbac } from "../auth/rbac.ts";
import { Strategies } from "../objects/strategies.ts";
import type { Strategy } from "../objects/write.ts";
import type { Registry } from "../registry.ts";
import { admissionPolicyStrategy } from "./admission-policy.ts";
import { certificateSigningRequestStrategy } from "./certificate-signing-request.ts";
import { customResourceDefinitionStrategy } from "./custom-resource-definition.ts";
import { volumeClaimStrategy, volumeStrategy } from "./in-use-protection.ts";
import { jobStrategy } from "./job.ts";
import { namespaceStrategy } from "./namespace.ts";
import { podStrategy } from "./pod.ts";
import { rbacStrategy } from "./rbac.ts";
import type { ServiceAllocator } from "./service.ts";

const withoutGeneration: Strategy = { withoutGeneration: true };

/** What the built-in kinds do beyond their schemas. */
export function builtInStrategies(registry: Registry, rbac: Rbac, services: ServiceAllocator): Strategies {
  const rbacGroup = "rbac.authorization.k8s.io";
  return new Strategies({
    namespaces: namespaceStrategy,
    pods: podStrategy,
    services: services.strategy,
    "jobs.batch": jobStrategy,
    persistentvolumes: volumeStrategy,
    persistentvolumeclaims: volumeClaimStrategy,
    secrets: withoutGeneration,
    configmaps: withoutGeneration,
    // A node registers itself together with its state.
    nodes: { keepsStatus: true, withoutGeneration: true },
    endpoints: withoutGeneration,
    events: withoutGeneration,
    serviceaccounts: withoutGeneration,
    "events.events.k8s.io": withoutGeneration,
    "leases.coordination.k8s.io": withoutGeneration,
    "validatingadmissionpolicies.admissionregistration.k8s.io": admissionPolicyStrategy,
    "certificatesigningrequests.certificates.k8s.io": certificateSigningRequestStrategy,
    "customresourcedefinitions.apiextensions.k8s.io": customResourceDefinitionStrategy(registry),
    [`roles.${rbacGroup}`]: rbacStrategy(rbac, "roles"),
    [`rolebindings.${rbacGroup}`]: rbacStrategy(rbac, "rolebindings"),
    [`clusterroles.${rbacGroup}`]: rbacStrategy(rbac, "clusterroles"),
    [`clusterrolebindings.${rbacGroup}`]: rbacStrategy(rbac, "clusterrolebindings"),
  });
}
