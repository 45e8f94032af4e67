import type { ListenerBind } from "../../program/program.ts";
import type { Condition } from "../../resources/condition.ts";
import type { AuthorityFault } from "../authorities.ts";
import type { Problem } from "../problem.ts";
import { fails, holds, shorten } from "./make.ts";

export function listenerAccepted(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("Accepted", generation, problem);
  return holds("Accepted", generation, "Accepted", "The listener is accepted");
}

export function listenerProgrammed(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("Programmed", generation, problem);
  return holds("Programmed", generation, "Programmed", "The listener is served");
}

/** The first problem gives the reason. */
export function listenerResolvedRefs(generation: number, problems: readonly Problem[]): Condition {
  const [first] = problems;
  if (first === undefined)
    return holds("ResolvedRefs", generation, "ResolvedRefs", "All references are resolved");
  const message = [...new Set(problems.map((problem) => problem.message))].join("; ");
  return fails("ResolvedRefs", generation, { reason: first.reason, message: shorten(message) });
}

/** True is the bad news, here and in the next one. */
export function listenerConflicted(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return holds("Conflicted", generation, problem.reason, problem.message);
  return fails("Conflicted", generation, {
    reason: "NoConflicts",
    message: "No other listener is in the way",
  });
}

/** "MUST NOT be set when it is False" (Gateway API, `ListenerConditionOverlappingTLSConfig`). */
export function listenerOverlapping(generation: number, { reason, message }: Problem): Condition {
  return holds("OverlappingTLSConfig", generation, reason, message);
}

export function overlappingHostnames(listeners: readonly string[]): Problem {
  return {
    reason: "OverlappingHostnames",
    message: `Hostname overlaps with that of: ${listeners.join(", ")}`,
  };
}

export function overlappingCertificates(listeners: readonly string[]): Problem {
  return {
    reason: "OverlappingCertificates",
    message: `Another certificate for the same names is shown by: ${listeners.join(", ")}`,
  };
}

export function protocolUnsupported(protocol: string): Problem {
  return { reason: "UnsupportedProtocol", message: `Protocol ${protocol} is not supported` };
}

export function listenerFilterUnsupported(type: string): Problem {
  return {
    reason: "UnsupportedValue",
    message: `Filter ${type} is not supported on listeners: use ExternalAuth`,
  };
}

export function listenerFiltersMisplaced(protocol: string): Problem {
  return {
    reason: "UnsupportedValue",
    message: `filters go with protocols HTTP and HTTPS, and not with ${protocol}`,
  };
}

/** The reason of a grant that is missing is the same everywhere; all others have one of their own (GEP-5224). */
export function listenerFilterRefInvalid({ reason, message }: Problem): Problem {
  const own = reason === "RefNotPermitted" ? reason : "InvalidListenerFilterRef";
  return { reason: own, message: `filters: ${message}` };
}

const authorityReasons: Readonly<Record<AuthorityFault["what"], string>> = {
  kind: "InvalidCACertificateKind",
  grant: "RefNotPermitted",
  reference: "InvalidCACertificateRef",
};

/** Of the Gateway's `tls.frontend`, on each listener that it concerns. */
export function clientAuthorityProblem({ what, message }: AuthorityFault): Problem {
  return { reason: authorityReasons[what], message };
}

export const noValidClientAuthority: Problem = {
  reason: "NoValidCACertificate",
  message: "The Gateway's tls.frontend has no certificate of an authority to verify clients with",
};

export function selectorInvalid(fault: string): Problem {
  return { reason: "UnsupportedValue", message: `allowedRoutes.namespaces.selector: ${fault}` };
}

export function kindsInvalid(kinds: readonly string[]): Problem {
  return { reason: "InvalidRouteKinds", message: `Not supported by this listener: ${kinds.join(", ")}` };
}

export function hostnameConflict(listeners: readonly string[]): Problem {
  return { reason: "HostnameConflict", message: `Same port, protocol and hostname: ${listeners.join(", ")}` };
}

export function protocolConflict(listeners: readonly string[]): Problem {
  return {
    reason: "ProtocolConflict",
    message: `Protocols that cannot share a port: ${listeners.join(", ")}`,
  };
}

/** Says no more than the port: the other object may be in a namespace that is none of the reader's business. */
export function conflictWithEarlier(reason: "ProtocolConflict" | "HostnameConflict"): Problem {
  const what =
    reason === "ProtocolConflict"
      ? "this port with a protocol that cannot be told from this one"
      : "this port, protocol and hostname";
  return { reason, message: `The Gateway, or a ListenerSet that goes before, has ${what}` };
}

export function portTaken({ address, port }: ListenerBind, owner: string): Problem {
  return { reason: "PortUnavailable", message: `Port ${port} of ${address} belongs to ${owner}` };
}

export function portOutOfRange(port: number): Problem {
  return { reason: "PortUnavailable", message: `Port ${port} does not exist` };
}

export function shiftTaken(port: number, other: number): Problem {
  return {
    reason: "PortUnavailable",
    message: `Port ${port} of this address stands for port ${other} of the Gateway`,
  };
}

export const listenerNotAccepted: Problem = { reason: "Invalid", message: "The listener is not accepted" };

export const ownGatewayNotAccepted: Problem = { reason: "Invalid", message: "The Gateway is not accepted" };

/** A listener that ends TLS, none of whose certificates can be shown. */
export const listenerWithoutCertificate: Problem = {
  reason: "Invalid",
  message: "There is no certificate to serve the listener with",
};

/** The Gateway has no address that it may be served on. */
export const listenerWithoutAddress: Problem = {
  reason: "Pending",
  message: "The Gateway has no address to listen on",
};
