import type { Condition } from "../../resources/condition.ts";
import type { Problem } from "../problem.ts";
import { fails, holds } from "./make.ts";

export function listenerAccepted(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("Accepted", generation, problem);
  return holds("Accepted", generation, "Accepted", "The listener is accepted");
}

export function listenerProgrammed(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("Programmed", generation, problem);
  return holds("Programmed", generation, "Programmed", "The listener is served");
}

export function listenerResolvedRefs(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("ResolvedRefs", generation, problem);
  return holds("ResolvedRefs", generation, "ResolvedRefs", "All references are resolved");
}

/** The one condition of ours for which True is the bad news. */
export function listenerConflicted(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return holds("Conflicted", generation, problem.reason, problem.message);
  return fails("Conflicted", generation, {
    reason: "NoConflicts",
    message: "No other listener is in the way",
  });
}

export function protocolUnsupported(protocol: string): Problem {
  return { reason: "UnsupportedProtocol", message: `Protocol ${protocol} is not supported` };
}

export const listenerFiltersUnsupported: Problem = {
  reason: "UnsupportedValue",
  message: "filters are not supported on listeners",
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

export function portTaken(port: number, owner: string): Problem {
  return { reason: "PortUnavailable", message: `Port ${port} of this address belongs to ${owner}` };
}

export function portOutOfRange(port: number): Problem {
  return { reason: "PortUnavailable", message: `Port ${port} does not exist` };
}

export const listenerNotAccepted: Problem = { reason: "Invalid", message: "The listener is not accepted" };

export const ownGatewayNotAccepted: Problem = { reason: "Invalid", message: "The Gateway is not accepted" };

/** The Gateway has no address that it may be served on. */
export const listenerWithoutAddress: Problem = {
  reason: "Pending",
  message: "The Gateway has no address to listen on",
};
