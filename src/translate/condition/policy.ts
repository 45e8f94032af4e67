import type { Condition } from "../../resources/condition.ts";
import type { AuthorityFault } from "../authorities.ts";
import type { Problem } from "../problem.ts";
import { fails, holds, shorten } from "./make.ts";

/** Of policies for backends, and of XBackends. */
export function policyAccepted(generation: number, kind: string, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("Accepted", generation, problem);
  return holds("Accepted", generation, "Accepted", `The ${kind} is accepted`);
}

/** The first problem gives the reason. */
export function policyResolvedRefs(generation: number, problems: readonly Problem[]): Condition {
  const [first] = problems;
  if (first === undefined)
    return holds("ResolvedRefs", generation, "ResolvedRefs", "All references are resolved");
  const message = [...new Set(problems.map((problem) => problem.message))].join("; ");
  return fails("ResolvedRefs", generation, { reason: first.reason, message: shorten(message) });
}

export function policyConflicted(target: string): Problem {
  return { reason: "Conflicted", message: `An older policy has ${target}` };
}

export function targetNotFound(target: string): Problem {
  return { reason: "TargetNotFound", message: `${target} does not exist` };
}

export const noValidAuthority: Problem = {
  reason: "NoValidCACertificate",
  message: "None of caCertificateRefs leads to a certificate: connections are refused",
};

export function wellKnownUnsupported(name: string): Problem {
  return { reason: "Invalid", message: `wellKnownCACertificates ${name} is not known: use System` };
}

const authorityReasons: Readonly<Record<AuthorityFault["what"], string>> = {
  kind: "InvalidKind",
  grant: "RefNotPermitted",
  reference: "InvalidCACertificateRef",
};

export function authorityProblem({ what, message }: AuthorityFault): Problem {
  return { reason: authorityReasons[what], message };
}

/** Of an XBackend. */
export function hostnameInside(hostname: string): Problem {
  const message = `externalHostname.hostname ${hostname} is not a name outside the cluster: use one with a public domain`;
  return { reason: "Invalid", message };
}
