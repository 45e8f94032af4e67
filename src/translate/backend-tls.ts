import type { BackendTls } from "../program/program.ts";
import type { BackendTLSPolicy } from "../resources/gateway/backend-tls-policy.ts";
import type { BackendValidation } from "../resources/gateway/backend-validation.ts";
import { GATEWAY_GROUP } from "../resources/gateway/reference.ts";
import { compareAge, type ResourceKey } from "../resources/resource.ts";
import { resolveAuthorities, type Authorities } from "./authorities.ts";
import { tlsPoliciesOf, tlsTarget } from "./groups.ts";
import type { Sight } from "./sight.ts";

/**
 * The policy for a port of a Service or ServiceImport: of those that name the port (`sectionName`) the oldest, then of those for the
 * whole Service. Conflicts are settled by age, then by name (`BackendTLSPolicySpec.targetRefs`).
 */
export function tlsPolicyFor(
  service: ResourceKey,
  portName: string | undefined,
  sight: Sight,
): BackendTLSPolicy | undefined {
  const byPort = portName === undefined ? undefined : tlsPolicyOf(service, portName, sight);
  return byPort ?? tlsPolicyOf(service, undefined, sight);
}

/** The one that has this target: the Service as a whole, or the section of it. */
export function tlsPolicyOf(
  service: ResourceKey,
  section: string | undefined,
  sight: Sight,
): BackendTLSPolicy | undefined {
  let first: BackendTLSPolicy | undefined;
  for (const policy of sight.members("BackendTLSPolicy", tlsPoliciesOf(service))) {
    if (!sectionsOf(policy, service).includes(section)) continue;
    if (first === undefined || compareAge(policy, first) < 0) first = policy;
  }
  return first;
}

/** What a policy names of a Service: sections, or `undefined` for all of it. */
export function sectionsOf(
  { metadata: { namespace }, spec }: BackendTLSPolicy,
  service: ResourceKey,
): readonly (string | undefined)[] {
  return spec.targetRefs
    .filter((ref) => tlsTarget(ref, namespace) === service)
    .map(({ sectionName }) => sectionName);
}

/** What a backend's certificate is verified with. */
export type BackendAuthorities = "system" | Authorities;

/** Undefined when they are a well-known set that is not known here. */
export function backendAuthorities(
  { caCertificateRefs = [], wellKnownCACertificates }: BackendValidation,
  referrer: { readonly kind: string; readonly namespace: string },
  sight: Sight,
): BackendAuthorities | undefined {
  if (wellKnownCACertificates === undefined) {
    return resolveAuthorities(caCertificateRefs, { group: GATEWAY_GROUP, ...referrer }, sight);
  }
  return wellKnownCACertificates === "System" ? "system" : undefined;
}

/**
 * TLS as a validation wants it. Where there is nothing that the backend could be verified with, no authority at all
 * is what it is verified with: "Connections using an invalid CACertificateRef MUST fail" (`BackendTLSPolicy`).
 */
export function backendTls(
  validation: BackendValidation,
  referrer: { readonly kind: string; readonly namespace: string },
  certificate: string | undefined,
  sight: Sight,
): { readonly tls: BackendTls; readonly isUsable: boolean } {
  const authorities = backendAuthorities(validation, referrer, sight);
  const pem = authorities === "system" ? undefined : (authorities?.pem ?? "");
  const names = (validation.subjectAltNames ?? []).map(({ type, hostname, uri }) => {
    return { type, value: (type === "Hostname" ? hostname?.toLowerCase() : uri) ?? "" };
  });
  const tls: BackendTls = {
    serverName: validation.hostname.toLowerCase(),
    ...(pem !== undefined && { authorities: pem }),
    ...(names.length > 0 && { names }),
    ...(certificate !== undefined && { certificate }),
  };
  return { tls, isUsable: pem !== "" };
}
