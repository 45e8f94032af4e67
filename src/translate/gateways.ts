import type { Certificate } from "../program/program.ts";
import type { Gateway } from "../resources/gateway/gateway.ts";
import type { ListenerSet } from "../resources/gateway/listener-set.ts";
import { GATEWAY_GROUP } from "../resources/gateway/reference.ts";
import { compareAge } from "../resources/resource.ts";
import {
  addressNotAssigned,
  addressNotUsable,
  addressTypeUnsupported,
  classNotAccepted,
  clientCertificateProblem,
  gatewayParametersUnsupported,
} from "./condition/gateway.ts";
import { BoundPorts } from "./bound-ports.ts";
import { resolveCertificate } from "./certificates.ts";
import type { ClassModel } from "./classes.ts";
import { EarlierListeners } from "./conflicts.ts";
import { translateListenerSet, type ListenerSetModel } from "./listener-sets.ts";
import { hasInsecureFrontend } from "./frontend.ts";
import {
  lacksCertificate,
  translateListeners,
  type GatewaySettings,
  type ListenerModel,
} from "./listeners.ts";
import type { Problem } from "./problem.ts";
import { transportOf } from "./protocol.ts";
import { acceptedPorts } from "./proxy-protocol.ts";
import type { Sight } from "./sight.ts";
import type { Placement } from "./translation.ts";

/** A Gateway as far as it decides about itself; the ports that it claims may still belong to an older one. */
export interface GatewayModel {
  readonly controllerName: string;
  readonly generation: number;
  /** `spec.defaultScope` is All. */
  readonly isDefault: boolean;
  /** Clients are let in somewhere without a certificate that holds. */
  readonly isInsecure: boolean;
  /** That it shows to backends. */
  readonly clientCertificate?: Certificate;
  /** Where it is served; absent while there is no address that the user allows. */
  readonly address?: string;
  /** Why the Gateway as a whole is not accepted. */
  readonly problem?: Problem;
  readonly addressProblem?: Problem;
  readonly refsProblem?: Problem;
  /** Its own. */
  readonly listeners: readonly ListenerModel[];
  /** Those that name it, in the order of precedence. */
  readonly sets: readonly ListenerSetModel[];
}

export function translateGateway(
  gateway: Gateway,
  gatewayClass: ClassModel,
  placement: Placement | undefined,
  sets: readonly ListenerSet[],
  sight: Sight,
): GatewayModel {
  const { ports: proxyPorts, problem: annotationProblem } = acceptedPorts(gateway);
  const problem = gatewayProblem(gateway, gatewayClass) ?? annotationProblem;
  const place = findAddress(gateway, placement?.address);
  const { certificate, problem: refsProblem } = clientCertificateOf(gateway, sight);
  const settings: GatewaySettings = {
    namespace: gateway.metadata.namespace,
    tls: gateway.spec.tls,
    clientCertificate: certificate?.key,
    proxyPorts,
  };
  return {
    controllerName: gatewayClass.controllerName,
    generation: gateway.metadata.generation,
    isDefault: gateway.spec.defaultScope === "All",
    isInsecure: hasInsecureFrontend(gateway.spec.tls),
    ...(certificate !== undefined && { clientCertificate: certificate }),
    ...(place.address !== undefined && problem === undefined && { address: place.address }),
    ...(problem !== undefined && { problem }),
    ...(place.problem !== undefined && { addressProblem: place.problem }),
    ...(refsProblem !== undefined && { refsProblem }),
    ...mergeListeners(gateway, settings, sets, placement?.portOffset ?? 0, sight),
  };
}

/** Without one backends that ask for a certificate are shown none, and refuse if they need it. */
function clientCertificateOf(
  { metadata: { namespace }, spec }: Gateway,
  sight: Sight,
): { readonly certificate?: Certificate; readonly problem?: Problem } {
  const ref = spec.tls?.backend?.clientCertificateRef;
  if (ref === undefined) return {};
  const resolved = resolveCertificate(ref, { group: GATEWAY_GROUP, kind: "Gateway", namespace }, sight);
  if ("problem" in resolved) return { problem: clientCertificateProblem(resolved.problem) };
  return { certificate: resolved.certificate };
}

/** "Implementations MUST treat the parent Gateway as having the merged list" (`ListenerSetSpec.listeners`). */
function mergeListeners(
  gateway: Gateway,
  settings: GatewaySettings,
  sets: readonly ListenerSet[],
  offset: number,
  sight: Sight,
): Pick<GatewayModel, "listeners" | "sets"> {
  const { namespace, name } = gateway.metadata;
  const { listeners } = gateway.spec;
  const earlier = new EarlierListeners();
  const ports = new BoundPorts(offset);
  const conflicts = earlier.addOwn(listeners);
  ports.add(listeners.map((spec) => ({ transport: transportOf(spec), port: spec.port })));
  const prefix = `${namespace}/${name}`;
  const own = { kind: "Gateway", namespace, prefix, listeners, gateway: settings } as const;
  return {
    listeners: translateListeners(own, conflicts, ports, sight),
    sets: sets
      .toSorted(compareAge)
      .map((set) => translateListenerSet(set, gateway, settings, earlier, ports, sight)),
  };
}

/** All that are merged into one list. */
export function listenersOf({ listeners, sets }: GatewayModel): readonly ListenerModel[] {
  return [...listeners, ...sets.flatMap((set) => set.listeners)];
}

/** `ADDRESS TRANSPORT PORT` of every listener that could be served: what competes with other Gateways. */
export function portClaims(model: GatewayModel): ReadonlySet<string> {
  if (model.address === undefined) return new Set();
  const { address } = model;
  const fit = listenersOf(model).filter((one) => one.problem === undefined && !lacksCertificate(one));
  return new Set(fit.map((listener) => claimOf(address, listener)));
}

export function claimOf(address: string, listener: ListenerModel): string {
  return `${address} ${listener.transport} ${listener.boundPort}`;
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
