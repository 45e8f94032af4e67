import type { CustomResourceDefinition } from "../resources/core/custom-resource-definition.ts";
import { SERVICE_NAME_LABEL, type EndpointSlice } from "../resources/core/endpoint-slice.ts";
import { MULTICLUSTER_GROUP, SERVICE_IMPORT_LABEL } from "../resources/multicluster/service-import.ts";
import type { BackendTLSPolicy } from "../resources/gateway/backend-tls-policy.ts";
import { EXPERIMENTAL_GROUP, GATEWAY_GROUP } from "../resources/gateway/reference.ts";
import type { XBackendTrafficPolicy } from "../resources/gateway/x-backend-traffic-policy.ts";
import { resourceKey, type Resource, type ResourceKey } from "../resources/resource.ts";

/**
 * Objects that are found not by their name but by what they say: all grants of a namespace, all slices of a Service.
 * A group has a name, which a change of any member is filed under.
 */
export type Group = string;

export function grantsIn(namespace: string): Group {
  return `ReferenceGrant in ${namespace}`;
}

/** `service`: key of a Service or a ServiceImport. */
export function slicesOf(service: ResourceKey): Group {
  return `EndpointSlice of ${service}`;
}

export function tlsPoliciesOf(target: ResourceKey): Group {
  return `BackendTLSPolicy of ${target}`;
}

export function trafficPoliciesOf(target: ResourceKey): Group {
  return `XBackendTrafficPolicy of ${target}`;
}

/** The CustomResourceDefinitions of the Gateway API. */
export const gatewayDefinitions: Group = "CustomResourceDefinition of the Gateway API";

/** One label is enough to file a pod under; a selector looks at the others itself. */
export function podsWith(namespace: string, label: string, value: string): Group {
  return `Pod in ${namespace} with ${label}=${value}`;
}

export function groupsOf(object: Resource): readonly Group[] {
  const { kind, metadata } = object;
  const { namespace, labels } = metadata;
  switch (kind) {
    case "ReferenceGrant":
      return [grantsIn(namespace)];
    case "EndpointSlice":
      return servicesOf(object as EndpointSlice).map(slicesOf);
    case "BackendTLSPolicy":
      return tlsTargets(object as BackendTLSPolicy).map(tlsPoliciesOf);
    case "XBackendTrafficPolicy":
      return trafficTargets(object as XBackendTrafficPolicy).map(trafficPoliciesOf);
    case "Pod":
      return Object.entries(labels).map(([label, value]) => podsWith(namespace, label, value));
    case "CustomResourceDefinition": {
      const { group } = (object as CustomResourceDefinition).spec;
      return group === GATEWAY_GROUP || group === EXPERIMENTAL_GROUP ? [gatewayDefinitions] : [];
    }
    default:
      return [];
  }
}

function servicesOf({ metadata: { namespace, labels } }: EndpointSlice): readonly ResourceKey[] {
  const service = labels[SERVICE_NAME_LABEL];
  const imported = labels[SERVICE_IMPORT_LABEL];
  return [
    ...(service === undefined ? [] : [resourceKey("Service", namespace, service)]),
    ...(imported === undefined ? [] : [resourceKey("ServiceImport", namespace, imported)]),
  ];
}

const tlsKinds: ReadonlySet<string> = new Set(["/Service", `${MULTICLUSTER_GROUP}/ServiceImport`]);

/** What a `targetRef` of a policy is for; undefined when that is none of our business. */
export function tlsTarget(
  { group, kind, name }: BackendTLSPolicy["spec"]["targetRefs"][number],
  namespace: string,
): ResourceKey | undefined {
  return tlsKinds.has(`${group}/${kind}`) ? resourceKey(kind, namespace, name) : undefined;
}

/** The Services and ServiceImports that a policy is for, each once. */
export function tlsTargets({ metadata: { namespace }, spec }: BackendTLSPolicy): readonly ResourceKey[] {
  return [...new Set(spec.targetRefs.flatMap((ref) => tlsTarget(ref, namespace) ?? []))];
}

const trafficKinds: ReadonlySet<string> = new Set(["/Service", `${EXPERIMENTAL_GROUP}/XBackend`]);

/** The Services and XBackends that a policy is for. */
export function trafficTargets({
  metadata: { namespace },
  spec,
}: XBackendTrafficPolicy): readonly ResourceKey[] {
  return spec.targetRefs
    .filter(({ group, kind }) => trafficKinds.has(`${group}/${kind}`))
    .map(({ kind, name }) => resourceKey(kind, namespace, name));
}
