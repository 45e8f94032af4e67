import type { Gateway } from "../resources/gateway/gateway.ts";
import {
  addressNotAssigned,
  addressNotUsable,
  addressTypeUnsupported,
  classNotAccepted,
  clientCertificateUnsupported,
  gatewayParametersUnsupported,
} from "./condition/gateway.ts";
import type { ClassModel } from "./classes.ts";
import { translateListeners, type ListenerModel } from "./listeners.ts";
import type { Problem } from "./problem.ts";
import type { Placement } from "./translation.ts";

/** A Gateway as far as it decides about itself; the ports that it claims may still belong to an older one. */
export interface GatewayModel {
  readonly controllerName: string;
  readonly generation: number;
  /** Where it is served; absent while there is no address that the user allows. */
  readonly address?: string;
  /** Why the Gateway as a whole is not accepted. */
  readonly problem?: Problem;
  readonly addressProblem?: Problem;
  readonly refsProblem?: Problem;
  readonly listeners: readonly ListenerModel[];
}

export function translateGateway(
  gateway: Gateway,
  gatewayClass: ClassModel,
  placement: Placement | undefined,
): GatewayModel {
  const problem = gatewayProblem(gateway, gatewayClass);
  const place = findAddress(gateway, placement?.address);
  const certificate = gateway.spec.tls?.backend?.clientCertificateRef;
  const refsProblem = certificate === undefined ? undefined : clientCertificateUnsupported;
  return {
    controllerName: gatewayClass.controllerName,
    generation: gateway.metadata.generation,
    ...(place.address !== undefined && problem === undefined && { address: place.address }),
    ...(problem !== undefined && { problem }),
    ...(place.problem !== undefined && { addressProblem: place.problem }),
    ...(refsProblem !== undefined && { refsProblem }),
    listeners: translateListeners(gateway, placement?.portOffset ?? 0),
  };
}

/** `ADDRESS PORT` of every listener that could be served: what competes with other Gateways. */
export function portClaims(model: GatewayModel): ReadonlySet<string> {
  if (model.address === undefined) return new Set();
  const { address } = model;
  const fit = model.listeners.filter((listener) => listener.problem === undefined);
  return new Set(fit.map((listener) => claimOf(address, listener)));
}

export function claimOf(address: string, listener: ListenerModel): string {
  return `${address} ${listener.boundPort}`;
}

function gatewayProblem(gateway: Gateway, gatewayClass: ClassModel): Problem | undefined {
  if (gatewayClass.problem !== undefined) return classNotAccepted(gateway.spec.gatewayClassName);
  if (gateway.spec.infrastructure?.parametersRef !== undefined) return gatewayParametersUnsupported;
  const type = addressesOf(gateway).find((one) => one.type !== "IPAddress")?.type;
  return type === undefined ? undefined : addressTypeUnsupported(type);
}

/**
 * An address with a value is a demand for exactly that one; an empty one, or none at all, leaves the choice
 * to us. One usable address among others that are not is served, and `Programmed` names the others.
 */
function findAddress(gateway: Gateway, placed: string | undefined): { address?: string; problem?: Problem } {
  if (placed === undefined) return { problem: addressNotAssigned };
  const wanted = addressesOf(gateway);
  const unusable = wanted.filter((one) => one.isElsewhere || (one.value !== "" && one.value !== placed));
  if (unusable.length === 0) return { address: placed };
  const problem = addressNotUsable(unusable.map((one) => one.value || "(any)"));
  return unusable.length === wanted.length ? { problem } : { address: placed, problem };
}

interface AddressDemand {
  readonly type: string;
  readonly value: string;
  /** Experimental `routability` asks for another network than the one we know. */
  readonly isElsewhere: boolean;
}

function addressesOf(gateway: Gateway): readonly AddressDemand[] {
  return (gateway.spec.addresses ?? []).map(({ type, value = "", routability = "" }) => {
    return { type, value, isElsewhere: routability !== "" };
  });
}
