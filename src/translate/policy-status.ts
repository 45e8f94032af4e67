import type { Condition } from "../resources/condition.ts";
import type { BackendTLSPolicy } from "../resources/gateway/backend-tls-policy.ts";
import type { BackendValidation } from "../resources/gateway/backend-validation.ts";
import { EXPERIMENTAL_GROUP, GATEWAY_GROUP } from "../resources/gateway/reference.ts";
import type { XBackendTrafficPolicy } from "../resources/gateway/x-backend-traffic-policy.ts";
import type { XBackend } from "../resources/gateway/x-backend.ts";
import { keyOf, type Resource, type ResourceKey } from "../resources/resource.ts";
import type { PolicyWanted } from "../resources/wanted-status.ts";
import type { Ancestors } from "./ancestors.ts";
import { backendAuthorities, sectionsOf, tlsPolicyOf } from "./backend-tls.ts";
import { resolveCertificate } from "./certificates.ts";
import { clientCertificateProblem } from "./condition/gateway.ts";
import {
  authorityProblem,
  hostnameInside,
  noValidAuthority,
  policyAccepted,
  policyConflicted,
  policyResolvedRefs,
  targetNotFound,
  wellKnownUnsupported,
} from "./condition/policy.ts";
import { isOutside } from "./endpoints.ts";
import { tlsTargets, trafficTargets } from "./groups.ts";
import type { Problem } from "./problem.ts";
import type { Sight } from "./sight.ts";
import { trafficPolicyOf } from "./translate-backend.ts";

/** What stands in the status of a policy is filed under, and so is a change of it. */
export function ancestorsOf(object: ResourceKey): string {
  return `ancestors of ${object}`;
}

/** Undefined while no Gateway of ours sends requests to what the policy is for. */
export function policyStatus(
  policy: BackendTLSPolicy | XBackendTrafficPolicy | XBackend,
  ancestors: Ancestors,
  sight: Sight,
): PolicyWanted | undefined {
  const targets = targetsOf(policy);
  for (const target of targets) sight.seen.add(ancestorsOf(target));
  const found = ancestors.of(targets);
  if (found.length === 0) return undefined;
  const conditions = conditionsOf(policy, sight);
  return {
    kind: policy.kind,
    key: keyOf(policy),
    ancestors: found.map(({ gateway, controllerName }) => {
      const [kind = "", namespace = "", name = ""] = gateway.split("/");
      return { ancestorRef: { group: GATEWAY_GROUP, kind, namespace, name }, controllerName, conditions };
    }),
  };
}

function targetsOf(policy: BackendTLSPolicy | XBackendTrafficPolicy | XBackend): readonly ResourceKey[] {
  if (policy.kind === "BackendTLSPolicy") return tlsTargets(policy);
  return policy.kind === "XBackend" ? [keyOf(policy)] : trafficTargets(policy);
}

function conditionsOf(
  policy: BackendTLSPolicy | XBackendTrafficPolicy | XBackend,
  sight: Sight,
): readonly Condition[] {
  if (policy.kind === "BackendTLSPolicy") return tlsPolicyConditions(policy, sight);
  return policy.kind === "XBackend" ? xBackendConditions(policy, sight) : trafficConditions(policy, sight);
}

function tlsPolicyConditions(policy: BackendTLSPolicy, sight: Sight): readonly Condition[] {
  const { kind, metadata, spec } = policy;
  const { problem, refProblems } = judgeValidation(spec.validation, policy, sight);
  return [
    policyAccepted(metadata.generation, kind, targetProblem(policy, sight) ?? problem),
    policyResolvedRefs(metadata.generation, refProblems),
  ];
}

/** A policy that loses one of its targets is not accepted, and still in force for the others: never plaintext. */
function targetProblem(policy: BackendTLSPolicy, sight: Sight): Problem | undefined {
  for (const target of tlsTargets(policy)) {
    const service = sight.at(target.startsWith("ServiceImport/") ? "ServiceImport" : "Service", target);
    const name = target.replace("/", " ");
    for (const section of sectionsOf(policy, target)) {
      const what = section === undefined ? name : `port ${section} of ${name}`;
      const winner = tlsPolicyOf(target, section, sight);
      if (winner !== undefined && keyOf(winner) !== keyOf(policy)) return policyConflicted(what);
      if (service === undefined) return targetNotFound(name);
      const isPort = section === undefined || service.spec.ports.some((port) => port.name === section);
      if (!isPort) return targetNotFound(what);
    }
  }
  return undefined;
}

/** The problem is one that leaves nothing to verify backends with. */
function judgeValidation(
  validation: BackendValidation,
  { kind, metadata: { namespace } }: Resource,
  sight: Sight,
): { readonly problem?: Problem; readonly refProblems: readonly Problem[] } {
  const authorities = backendAuthorities(validation, { kind, namespace }, sight);
  if (authorities === "system") return { refProblems: [] };
  if (authorities === undefined) {
    return { problem: wellKnownUnsupported(validation.wellKnownCACertificates ?? ""), refProblems: [] };
  }
  const refProblems = authorities.faults.map(authorityProblem);
  return { refProblems, ...(authorities.pem === "" && { problem: noValidAuthority }) };
}

function xBackendConditions(backend: XBackend, sight: Sight): readonly Condition[] {
  const { kind, metadata, spec } = backend;
  const { generation, namespace } = metadata;
  const { validation, clientCertificateRef } = spec.tls;
  const { hostname } = spec.externalHostname ?? {};
  const inside = hostname === undefined || isOutside(hostname) ? undefined : hostnameInside(hostname);
  if (validation === undefined) return [policyAccepted(generation, kind, inside)];
  const { problem, refProblems } = judgeValidation(validation, backend, sight);
  const referrer = { group: EXPERIMENTAL_GROUP, kind, namespace };
  const shown = clientCertificateRef && resolveCertificate(clientCertificateRef, referrer, sight);
  const unshown =
    shown !== undefined && "problem" in shown ? clientCertificateProblem(shown.problem) : undefined;
  return [
    policyAccepted(generation, kind, inside ?? problem),
    policyResolvedRefs(generation, unshown === undefined ? refProblems : [...refProblems, unshown]),
  ];
}

function trafficConditions(policy: XBackendTrafficPolicy, sight: Sight): readonly Condition[] {
  const lost = trafficTargets(policy).find((target) => {
    const winner = trafficPolicyOf(target, sight);
    return winner !== undefined && keyOf(winner) !== keyOf(policy);
  });
  const problem = lost === undefined ? undefined : policyConflicted(lost.replace("/", " "));
  return [policyAccepted(policy.metadata.generation, policy.kind, problem)];
}
