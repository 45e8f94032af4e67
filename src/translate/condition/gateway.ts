import type { Condition } from "../../resources/condition.ts";
import type { Problem } from "../problem.ts";
import { fails, holds, shorten } from "./make.ts";

export function gatewayAccepted(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("Accepted", generation, problem);
  return holds("Accepted", generation, "Accepted", "The Gateway is accepted");
}

/** Some listeners are fine: the Gateway stands, and the reason says that not all of it does. */
export function gatewayPartlyAccepted(generation: number, faults: ListenerFaults): Condition {
  return holds("Accepted", generation, "ListenersNotValid", describeFaults(faults));
}

/** Names of listeners that are not served, through no fault of the Gateway's own. */
export interface ListenerFaults {
  readonly refused: readonly string[];
  readonly withoutCertificate: readonly string[];
}

function describeFaults({ refused, withoutCertificate }: ListenerFaults): string {
  const parts: string[] = [];
  if (refused.length > 0) parts.push(`Not accepted: ${refused.join(", ")}`);
  if (withoutCertificate.length > 0) parts.push(`Without certificate: ${withoutCertificate.join(", ")}`);
  return parts.join("; ");
}

/** "At least one distinct Listener MUST be present, or else the Gateway effectively contains no Listeners". */
export function noListenerValid({ refused, withoutCertificate }: ListenerFaults): Problem {
  const lacks = refused.length === 0 ? "has a certificate" : "is accepted";
  return {
    reason: "ListenersNotValid",
    message:
      refused.length > 0 && withoutCertificate.length > 0
        ? `None of the listeners is served. ${describeFaults({ refused, withoutCertificate })}`
        : `None of the listeners ${lacks}`,
  };
}

export const gatewayParametersUnsupported: Problem = {
  reason: "InvalidParameters",
  message: "spec.infrastructure.parametersRef is set, and this controller knows no parameters",
};

export function proxyPortsInvalid(annotation: string, value: string): Problem {
  const allowed = "ports of TCP with commas between them, or *";
  return {
    reason: "InvalidParameters",
    message: shorten(`Annotation ${annotation}: "${value}" is not allowed. Allowed: ${allowed}`),
  };
}

export function classNotAccepted(className: string): Problem {
  return { reason: "InvalidParameters", message: `GatewayClass ${className} is not accepted` };
}

export function addressTypeUnsupported(type: string): Problem {
  return { reason: "UnsupportedAddress", message: `Address type ${type} is not supported: use IPAddress` };
}

export const addressNotAssigned: Problem = {
  reason: "AddressNotAssigned",
  message: "The Gateway has no address yet",
};

/** GEP-5093. */
export function noneAssigned(requests: readonly string[]): Problem {
  return {
    reason: "AddressNotAssigned",
    message: `None of the addresses could be assigned: ${requests.join(", ")}`,
  };
}

/** GEP-5093. @param unsatisfied Requests, in words. */
export function gatewayAddressesAssigned(
  generation: number,
  unsatisfied: readonly string[],
  isPartial: boolean,
): Condition {
  if (unsatisfied.length === 0)
    return holds("AddressesAssigned", generation, "Assigned", "The addresses are assigned");
  return fails("AddressesAssigned", generation, {
    reason: isPartial ? "PartiallyAssigned" : "NotAssigned",
    message: `Not assigned: ${unsatisfied.join(", ")}`,
  });
}

export function addressNotUsable(addresses: readonly string[]): Problem {
  return { reason: "AddressNotUsable", message: `Cannot be used: ${addresses.join(", ")}` };
}

export const gatewayNotAccepted: Problem = { reason: "Invalid", message: "The Gateway is not accepted" };

export function gatewayProgrammed(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("Programmed", generation, problem);
  return holds("Programmed", generation, "Programmed", "The listeners are served");
}

export function gatewayResolvedRefs(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("ResolvedRefs", generation, problem);
  return holds("ResolvedRefs", generation, "ResolvedRefs", "All references are resolved");
}

/** GEP-3793: on default Gateways only. */
export function gatewayDefault(generation: number): Condition {
  return holds("DefaultGateway", generation, "DefaultGateway", "The Gateway has the default scope All");
}

/** Also of an XBackend, which names a certificate of its own. */
export function clientCertificateProblem({ reason, message }: Problem): Problem {
  return { reason: reason === "RefNotPermitted" ? reason : "InvalidClientCertificateRef", message };
}

/** True is the warning, and there is no other state to speak of. */
export function gatewayInsecureFrontend(generation: number): Condition {
  const message = "Clients are let in without a certificate that holds (AllowInsecureFallback)";
  return holds("InsecureFrontendValidationMode", generation, "ConfigurationChanged", message);
}

export function listenersNotResolved(listeners: readonly string[]): Problem {
  return { reason: "ListenersNotResolved", message: `Unresolved references in: ${listeners.join(", ")}` };
}
