import type { Certificate, ListenerBind } from "../program/program.ts";
import type { Gateway } from "../resources/gateway/gateway.ts";
import type { ListenerSet } from "../resources/gateway/listener-set.ts";
import { GATEWAY_GROUP } from "../resources/gateway/reference.ts";
import { compareAge } from "../resources/resource.ts";
import {
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
import { assignAddresses, foreignAddressType, type Assignment } from "./gateway-addresses.ts";
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
import type { ClusterPlace, Place, PortRange } from "./translation.ts";

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
  /** Its addresses; absent while nothing was decided about them. */
  readonly assignment?: Assignment;
  /** Where its listeners are bound; empty while there is no address that the user allows. */
  readonly anchors: readonly Anchor[];
  /** Why the Gateway as a whole is not accepted. */
  readonly problem?: Problem;
  readonly refsProblem?: Problem;
  /** Its own. */
  readonly listeners: readonly ListenerModel[];
  /** Those that name it, in the order of precedence. */
  readonly sets: readonly ListenerSetModel[];
}

/** An address of this machine, and how the ports of listeners come to be ports of it. */
export interface Anchor {
  readonly address: string;
  /** Absent: they are only shifted. */
  readonly ports?: ClusterPlace["ports"];
  /** Ports that are not the listeners' to take. */
  readonly kept?: PortRange;
}

export function translateGateway(
  gateway: Gateway,
  gatewayClass: ClassModel,
  place: Place | undefined,
  sets: readonly ListenerSet[],
  sight: Sight,
): GatewayModel {
  const { ports: proxyPorts, problem: annotationProblem } = acceptedPorts(gateway);
  const problem = gatewayProblem(gateway, gatewayClass) ?? annotationProblem;
  const assignment = problem === undefined ? assignAddresses(gateway, place) : undefined;
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
    ...(assignment !== undefined && { assignment }),
    anchors: place === undefined ? [] : anchorsOf(place, assignment),
    ...(problem !== undefined && { problem }),
    ...(refsProblem !== undefined && { refsProblem }),
    ...mergeListeners(gateway, settings, sets, place?.portOffset ?? 0, sight),
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

/** Only a Gateway that has one of the addresses that it asks for is served at all. */
function anchorsOf(place: Place, assignment: Assignment | undefined): readonly Anchor[] {
  if (assignment === undefined || assignment.addresses.length === 0) return [];
  const own = assignment.addresses.map(({ value }) => value).filter((one) => place.addresses.includes(one));
  const { cluster } = place;
  const inCluster =
    cluster !== undefined && cluster.clusterIPs.some((address) => address !== "")
      ? [{ address: cluster.address, ports: cluster.ports }]
      : [];
  const plain = own.map((address) => {
    const isShared = address === cluster?.address || address === "0.0.0.0" || address === "::";
    return { address, ...(isShared && cluster?.kept !== undefined && { kept: cluster.kept }) };
  });
  return [...plain, ...inCluster];
}

/** The socket of a listener at an anchor; undefined while its port has no counterpart there. */
function bindAt(
  { address, ports }: Anchor,
  { transport, port, boundPort }: ListenerModel,
): ListenerBind | undefined {
  if (ports === undefined) return { address, port: boundPort };
  const mapped = ports[`${transport} ${port}`];
  return mapped === undefined ? undefined : { address, port: mapped, publicPort: port };
}

/** `ADDRESS TRANSPORT PORT` of every listener that could be served: what competes with other Gateways. */
export function portClaims(model: GatewayModel): ReadonlySet<string> {
  const fit = listenersOf(model).filter(
    (one) => one.problem === undefined && !lacksCertificate(one) && keptBind(model, one) === undefined,
  );
  return new Set(fit.flatMap((listener) => bindsOf(model, listener).map((bind) => claimOf(bind, listener))));
}

export function bindsOf({ anchors }: GatewayModel, listener: ListenerModel): readonly ListenerBind[] {
  return anchors.flatMap((anchor) => bindAt(anchor, listener) ?? []);
}

/** The socket of a listener that would be among the ports that Services of other Gateways lead to, whoever is older. */
export function keptBind({ anchors }: GatewayModel, { boundPort }: ListenerModel): ListenerBind | undefined {
  const anchor = anchors.find(({ kept }) => kept && boundPort >= kept.first && boundPort <= kept.last);
  return anchor && { address: anchor.address, port: boundPort };
}

export function claimOf({ address, port }: ListenerBind, { transport }: ListenerModel): string {
  return `${address} ${transport} ${port}`;
}

function gatewayProblem(gateway: Gateway, gatewayClass: ClassModel): Problem | undefined {
  if (gatewayClass.problem !== undefined) return classNotAccepted(gateway.spec.gatewayClassName);
  if (gateway.spec.infrastructure?.parametersRef !== undefined) return gatewayParametersUnsupported;
  const type = foreignAddressType(gateway);
  return type === undefined ? undefined : addressTypeUnsupported(type);
}
