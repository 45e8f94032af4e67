import type { Gateway, GatewayListener } from "../resources/gateway/gateway.ts";
import type { NamespaceSelector } from "../resources/gateway/namespace-selector.ts";
import { GATEWAY_GROUP } from "../resources/gateway/reference.ts";
import type { RouteKind } from "../resources/wanted-status.ts";
import {
  kindsInvalid,
  listenerFiltersUnsupported,
  portOutOfRange,
  portTaken,
  protocolUnsupported,
  selectorInvalid,
} from "./condition/listener.ts";
import { findConflicts } from "./conflicts.ts";
import { normalHostname } from "./hostname.ts";
import type { Problem } from "./problem.ts";
import { selectorFault } from "./selector.ts";

/** Which namespaces' routes may attach. */
export type AllowedNamespaces =
  | { readonly from: "Same" | "All" | "None" }
  | { readonly from: "Selector"; readonly selector: NamespaceSelector };

/** A listener as far as its own Gateway decides about it. */
export interface ListenerModel {
  readonly name: string;
  /** `NAMESPACE/GATEWAY/LISTENER`. */
  readonly key: string;
  readonly protocol: string;
  /** As the user wrote it: what a route's parentRef means. */
  readonly port: number;
  /** With the placement's offset: what is bound. */
  readonly boundPort: number;
  readonly hostname: string;
  readonly namespaces: AllowedNamespaces;
  /** Route kinds that may attach. */
  readonly kinds: readonly RouteKind[];
  readonly kindsProblem?: Problem;
  readonly conflict?: Problem;
  /** Why the listener is not accepted; a conflict is one reason. */
  readonly problem?: Problem;
}

export const httpRouteKind: RouteKind = { group: GATEWAY_GROUP, kind: "HTTPRoute" };

/** Ports below are shifted by the placement's offset, since binding them takes privileges. */
const firstUnprivilegedPort = 1024;
const lastPort = 65_535;

function boundPort(port: number, offset: number): number {
  return port < firstUnprivilegedPort ? port + offset : port;
}

export function translateListeners(gateway: Gateway, offset: number): readonly ListenerModel[] {
  const { listeners } = gateway.spec;
  const conflicts = findConflicts(listeners);
  return listeners.map((spec) => translateListener(gateway, spec, offset, conflicts.get(spec.name)));
}

function translateListener(
  gateway: Gateway,
  spec: GatewayListener,
  offset: number,
  conflict: Problem | undefined,
): ListenerModel {
  const { namespace, name } = gateway.metadata;
  const { kinds, kindsProblem } = routeKinds(spec);
  const { namespaces, selectorProblem } = allowedNamespaces(spec);
  const port = boundPort(spec.port, offset);
  const problem =
    conflict ??
    (spec.protocol === "HTTP" ? undefined : protocolUnsupported(spec.protocol)) ??
    filtersProblem(spec) ??
    selectorProblem ??
    (port > lastPort ? portOutOfRange(port) : undefined) ??
    takenByShift(gateway, spec, port);
  return {
    name: spec.name,
    key: `${namespace}/${name}/${spec.name}`,
    protocol: spec.protocol,
    port: spec.port,
    boundPort: port,
    hostname: normalHostname(spec.hostname),
    namespaces,
    kinds,
    ...(kindsProblem !== undefined && { kindsProblem }),
    ...(conflict !== undefined && { conflict }),
    ...(problem !== undefined && { problem }),
  };
}

/** The shift may lead onto another listener's port of the same Gateway; the one that was not shifted stays. */
function takenByShift(gateway: Gateway, spec: GatewayListener, port: number): Problem | undefined {
  if (port === spec.port) return undefined;
  const owner = gateway.spec.listeners.find((other) => other.port === port);
  return owner && portTaken(port, `listener ${owner.name}`);
}

/** Experimental `listener.filters` run before routing, an authorization for one: serving without is no answer. */
function filtersProblem(spec: GatewayListener): Problem | undefined {
  return spec.filters?.requests?.length ? listenerFiltersUnsupported : undefined;
}

function routeKinds(spec: GatewayListener): { kinds: readonly RouteKind[]; kindsProblem?: Problem } {
  const servable = spec.protocol === "HTTP" || spec.protocol === "HTTPS" ? [httpRouteKind] : [];
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
