import type { AuthFilter, ClientValidation } from "../program/program.ts";
import type { GatewayListener } from "../resources/gateway/gateway.ts";
import type { GatewayTLS } from "../resources/gateway/gateway-tls.ts";
import type { NamespaceSelector } from "../resources/gateway/namespace-selector.ts";
import { GATEWAY_GROUP } from "../resources/gateway/reference.ts";
import type { RouteKind } from "../resources/wanted-status.ts";
import {
  kindsInvalid,
  listenerFiltersMisplaced,
  portOutOfRange,
  protocolUnsupported,
  selectorInvalid,
  shiftTaken,
} from "./condition/listener.ts";
import type { BackendTarget } from "./backends.ts";
import type { BoundPorts, SpecPort } from "./bound-ports.ts";
import { resolveCertificates, type ShownCertificate } from "./certificates.ts";
import { translateFrontend, type Frontend } from "./frontend.ts";
import { normalHostname } from "./hostname.ts";
import { translateListenerFilters } from "./listener-filters.ts";
import type { Problem } from "./problem.ts";
import { listenerForm, transportOf, type ListenerForm, type Transport } from "./protocol.ts";
import { includesPort, type ProxyPorts } from "./proxy-protocol.ts";
import { selectorFault } from "./selector.ts";
import type { Sight } from "./sight.ts";

/** Which namespaces' routes may attach. */
export type AllowedNamespaces =
  | { readonly from: "Same" | "All" | "None" }
  | { readonly from: "Selector"; readonly selector: NamespaceSelector };

/** A listener as far as its own Gateway decides about it. */
export interface ListenerModel {
  readonly name: string;
  /** `NAMESPACE/GATEWAY/LISTENER`, or `NAMESPACE/GATEWAY/NAMESPACE/SET/LISTENER`. */
  readonly key: string;
  /** Undefined with a protocol that is not served. */
  readonly protocol: ListenerForm["protocol"] | undefined;
  readonly transport: Transport;
  readonly isPassthrough: boolean;
  /** Connections begin with a PROXY header. */
  readonly isIntroduced: boolean;
  /** As the user wrote it: what a route's parentRef means. */
  readonly port: number;
  /** With the placement's offset: what is bound. */
  readonly boundPort: number;
  readonly hostname: string;
  readonly namespaces: AllowedNamespaces;
  /** Route kinds that may attach. */
  readonly kinds: readonly RouteKind[];
  /** Where TLS ends here; without any the listener cannot be served. */
  readonly tls?: readonly ShownCertificate[];
  readonly clients?: ClientValidation;
  /** Run before a route is chosen. */
  readonly filters: readonly AuthFilter[];
  /**
   * It has filters, and its place is its own: while it cannot be served, nobody else serves its hostname, where requests would get past
   * the filters.
   */
  readonly isGuarded: boolean;
  /** What the filters ask. */
  readonly targets: readonly BackendTarget[];
  readonly refProblems: readonly Problem[];
  readonly conflict?: Problem;
  /** Why the listener is not accepted; a conflict is one reason. */
  readonly problem?: Problem;
}

/** Ends TLS, and has nothing to show: such a listener is accepted, and still not served. */
export function lacksCertificate({ tls }: ListenerModel): boolean {
  return tls?.length === 0;
}

const lastPort = 65_535;

/** The object that has the listeners in its spec. */
export interface ListenerHome {
  readonly kind: "Gateway" | "ListenerSet";
  readonly namespace: string;
  /** What the keys of its listeners begin with: `NAMESPACE/GATEWAY`, and `/NAMESPACE/SET` for a ListenerSet. */
  readonly prefix: string;
  readonly listeners: readonly GatewayListener[];
  readonly gateway: GatewaySettings;
}

/** What a Gateway says for all of its listeners, those of its ListenerSets among them. */
export interface GatewaySettings {
  readonly namespace: string;
  readonly tls: GatewayTLS | undefined;
  /** Key of the certificate that it shows to backends. */
  readonly clientCertificate: string | undefined;
  readonly proxyPorts: ProxyPorts;
}

/** `conflicts`: by listener name. */
export function translateListeners(
  home: ListenerHome,
  conflicts: ReadonlyMap<string, Problem>,
  ports: BoundPorts,
  sight: Sight,
): readonly ListenerModel[] {
  return home.listeners.map((spec) => translateListener(home, spec, conflicts.get(spec.name), ports, sight));
}

function translateListener(
  { kind, namespace, prefix, gateway }: ListenerHome,
  spec: GatewayListener,
  conflict: Problem | undefined,
  ports: BoundPorts,
  sight: Sight,
): ListenerModel {
  const form = listenerForm(spec);
  const transport = transportOf(spec);
  const { kinds, kindsProblem } = routeKinds(spec, form);
  const { namespaces, selectorProblem } = allowedNamespaces(spec);
  const referrer = { group: GATEWAY_GROUP, kind, namespace };
  const certificates =
    form?.isTerminating === true ? resolveCertificates(spec.tls, referrer, sight) : undefined;
  // "All Listeners handling HTTPS traffic" (`FrontendTLSConfig`), and no others.
  const frontend = form?.protocol === "HTTPS" ? frontendOf(gateway, spec.port, sight) : noFrontend;
  const asker = {
    ...referrer,
    protocol: undefined,
    certificate: gateway.clientCertificate,
    isPassthrough: false,
  };
  const { filters, targets, ...filterFaults } = translateListenerFilters(spec, asker, sight);
  const misplaced =
    conflict ??
    (form === undefined ? protocolUnsupported(spec.protocol) : misplacedFilters(spec, form)) ??
    portProblem({ transport, port: spec.port }, ports);
  const problem = misplaced ?? filterFaults.problem ?? selectorProblem ?? frontend.problem;
  return {
    name: spec.name,
    key: `${prefix}/${spec.name}`,
    protocol: form?.protocol,
    transport,
    isPassthrough: form?.isPassthrough === true,
    isIntroduced: transport === "TCP" && includesPort(gateway.proxyPorts, spec.port),
    port: spec.port,
    boundPort: ports.boundPort(spec.port),
    hostname: normalHostname(spec.hostname),
    namespaces,
    kinds,
    ...(certificates !== undefined && { tls: certificates.shown }),
    ...(frontend.clients !== undefined && { clients: frontend.clients }),
    filters,
    isGuarded: misplaced === undefined && (spec.filters?.requests ?? []).length > 0,
    targets,
    refProblems: [
      ...(certificates?.problems ?? []),
      ...frontend.refProblems,
      ...filterFaults.refProblems,
      ...(kindsProblem === undefined ? [] : [kindsProblem]),
    ],
    ...(conflict !== undefined && { conflict }),
    ...(problem !== undefined && { problem }),
  };
}

function portProblem(one: SpecPort, ports: BoundPorts): Problem | undefined {
  const bound = ports.boundPort(one.port);
  if (bound > lastPort) return portOutOfRange(bound);
  const rival = ports.rival(one);
  return rival === undefined ? undefined : shiftTaken(bound, rival);
}

const noFrontend: Frontend = { refProblems: [] };

function frontendOf({ tls, namespace }: GatewaySettings, port: number, sight: Sight): Frontend {
  return translateFrontend(tls, port, { group: GATEWAY_GROUP, kind: "Gateway", namespace }, sight);
}

/** The API checks it for the listeners of Gateways only. */
function misplacedFilters({ filters }: GatewayListener, { protocol }: ListenerForm): Problem | undefined {
  const isHTTP = protocol === "HTTP" || protocol === "HTTPS";
  return isHTTP || (filters?.requests ?? []).length === 0 ? undefined : listenerFiltersMisplaced(protocol);
}

function routeKinds(
  spec: GatewayListener,
  form: ListenerForm | undefined,
): { kinds: readonly RouteKind[]; kindsProblem?: Problem } {
  const servable = form?.kinds ?? [];
  const wanted = spec.allowedRoutes.kinds ?? [];
  if (wanted.length === 0) return { kinds: servable };
  const kinds = servable.filter((one) => hasKind(wanted, one));
  const invalid = wanted.filter((one) => !hasKind(servable, one));
  if (invalid.length === 0) return { kinds };
  return { kinds, kindsProblem: kindsInvalid(invalid.map((one) => `${one.group}/${one.kind}`)) };
}

function hasKind(kinds: readonly RouteKind[], { group, kind }: RouteKind): boolean {
  return kinds.some((one) => one.group === group && one.kind === kind);
}

function allowedNamespaces(spec: GatewayListener): {
  namespaces: AllowedNamespaces;
  selectorProblem?: Problem;
} {
  const { from, selector } = spec.allowedRoutes.namespaces;
  if (from !== "Selector") return { namespaces: { from } };
  const fault = selector === undefined ? "is missing" : selectorFault(selector);
  if (selector !== undefined && fault === undefined) return { namespaces: { from, selector } };
  return { namespaces: { from: "None" }, selectorProblem: selectorInvalid(fault ?? "") };
}
