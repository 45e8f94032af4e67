import type { Condition } from "../../resources/condition.ts";
import type { Problem } from "../problem.ts";
import { fails, holds } from "./make.ts";

export function gatewayAccepted(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("Accepted", generation, problem);
  return holds("Accepted", generation, "Accepted", "The Gateway is accepted");
}

/** Some listeners are fine: the Gateway stands, and the reason says that not all of it does. */
export function gatewayPartlyAccepted(generation: number, listeners: readonly string[]): Condition {
  return holds("Accepted", generation, "ListenersNotValid", `Not accepted: ${listeners.join(", ")}`);
}

export const noListenerAccepted: Problem = {
  reason: "ListenersNotValid",
  message: "None of the listeners is accepted",
};

export const gatewayParametersUnsupported: Problem = {
  reason: "InvalidParameters",
  message: "spec.infrastructure.parametersRef is set, and this controller knows no parameters",
};

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

export const clientCertificateUnsupported: Problem = {
  reason: "InvalidClientCertificateRef",
  message: "spec.tls.backend.clientCertificateRef is not supported",
};

export function listenersNotResolved(listeners: readonly string[]): Problem {
  return { reason: "ListenersNotResolved", message: `Unresolved references in: ${listeners.join(", ")}` };
}
