import type { AuthFilter, Certificate, Listener, ListenerBind } from "../program/program.ts";
import { keyOf, type Resource, type ResourceKey } from "../resources/resource.ts";
import type { BackendTarget } from "./backends.ts";
import { portTaken } from "./condition/listener.ts";
import { bindsOf, claimOf, keptBind, listenersOf, type GatewayModel } from "./gateways.ts";
import type { ListenerSetModel } from "./listener-sets.ts";
import { lacksCertificate, type ListenerModel } from "./listeners.ts";
import { findOverlaps } from "./overlaps.ts";
import type { PortClaims } from "./ports.ts";
import type { Problem } from "./problem.ts";
import type { ListenerView, ParentView } from "./sight.ts";

/** A Gateway after the competition for ports: what the program, its routes and its status are made of. */
export interface SettledGateway {
  readonly model: GatewayModel;
  /** Its own. */
  readonly listeners: readonly SettledListener[];
  readonly sets: ReadonlyMap<ResourceKey, SettledSet>;
}

export interface SettledSet {
  readonly model: ListenerSetModel;
  readonly listeners: readonly SettledListener[];
}

export interface SettledListener {
  readonly model: ListenerModel;
  readonly problem?: Problem;
  /** Another listener whose TLS a client may mistake for this one's. */
  readonly overlap?: Problem;
  /** What is bound; absent when the listener is not served. */
  readonly bound?: Listener;
  /** What is bound in its place, so that no other listener takes the requests for its hostname: it refuses them all. */
  readonly refusing?: Listener;
}

export function settleGateway(key: ResourceKey, model: GatewayModel, ports: PortClaims): SettledGateway {
  const overlaps = findOverlaps(listenersOf(model));
  const settle = (listener: ListenerModel): SettledListener => {
    const overlap = overlaps.get(listener.key);
    return { ...settleListener(key, model, listener, ports), ...(overlap !== undefined && { overlap }) };
  };
  return {
    model,
    listeners: model.listeners.map(settle),
    sets: new Map(model.sets.map((set) => [set.key, { model: set, listeners: set.listeners.map(settle) }])),
  };
}

function settleListener(
  key: ResourceKey,
  gateway: GatewayModel,
  model: ListenerModel,
  ports: PortClaims,
): SettledListener {
  const { problem } = model;
  const binds = bindsOf(gateway, model);
  if (binds.length === 0) return { model, ...(problem !== undefined && { problem }) };
  const ownerOf = (bind: ListenerBind) => ports.owner(claimOf(bind, model));
  if (problem !== undefined || lacksCertificate(model)) {
    // Without another listener of this Gateway there the port is not open at all.
    const open = binds.filter((bind) => isOwn(key, ownerOf(bind)));
    return {
      model,
      ...(problem !== undefined && { problem }),
      ...(model.isGuarded && open.length > 0 && { refusing: refusingListener(open, model) }),
    };
  }
  const kept = keptBind(gateway, model);
  if (kept !== undefined) return { model, problem: portTaken(kept, "the Services of Gateways") };
  for (const bind of binds) {
    const owner = ownerOf(bind);
    if (owner === undefined || isOwn(key, owner)) continue;
    const { namespace, name } = owner.metadata;
    return { model, problem: portTaken(bind, `Gateway ${namespace}/${name}`) };
  }
  return { model, bound: bindListener(binds, model) };
}

function isOwn(key: ResourceKey, owner: Resource | undefined): boolean {
  return owner !== undefined && keyOf(owner) === key;
}

function bindListener(binds: readonly ListenerBind[], model: ListenerModel): Listener {
  const { tls, clients, filters } = model;
  const certificates = tls?.map(({ certificate }) => certificate.key);
  return {
    ...basicListener(binds, model),
    ...(filters.length > 0 && { filters }),
    ...(certificates !== undefined && {
      tls: { certificates, ...(clients !== undefined && { clients }) },
    }),
  };
}

/** Answers every request with 500, as an authorization server that cannot be asked does; without a certificate there is no handshake. */
function refusingListener(binds: readonly ListenerBind[], model: ListenerModel): Listener {
  const isSecure = model.tls !== undefined;
  return {
    ...basicListener(binds, model),
    filters: [refusal],
    ...(isSecure && { tls: { certificates: [] } }),
  };
}

/** @param model Of a protocol that is served: the others have a problem. */
function basicListener(binds: readonly ListenerBind[], model: ListenerModel): Listener {
  const { key, protocol = "TCP", hostname, isIntroduced } = model;
  return {
    key,
    protocol,
    binds,
    hostname,
    ...(isIntroduced && { proxyProtocol: true }),
  };
}

const refusal: AuthFilter = {
  type: "ExternalAuth",
  protocol: "HTTP",
  pathPrefix: "",
  allowedHeaders: [],
  allowedResponseHeaders: [],
  maxBodyBytes: 0,
};

/** Neither refused nor without a certificate: served, as soon as there is an address. */
export function isValid({ model, problem }: SettledListener): boolean {
  return problem === undefined && !lacksCertificate(model);
}

/** All that are merged into one list. */
export function settledListeners(gateway: SettledGateway): readonly SettledListener[] {
  return [...gateway.listeners, ...[...gateway.sets.values()].flatMap((set) => set.listeners)];
}

/** By key of the Gateway, or of the ListenerSet that has them. */
export function boundListeners(
  gateway: ResourceKey,
  { listeners, sets }: SettledGateway,
): ReadonlyMap<ResourceKey, readonly Listener[]> {
  const byHome = new Map([[gateway, boundOf(listeners)]]);
  for (const [key, set] of sets) byHome.set(key, boundOf(set.listeners));
  return byHome;
}

function boundOf(listeners: readonly SettledListener[]): readonly Listener[] {
  return listeners.flatMap(({ bound, refusing }) => bound ?? refusing ?? []);
}

/** What the bound listeners show, and what the Gateway shows to backends. */
export function shownCertificates(gateway: SettledGateway): readonly Certificate[] {
  const served = servedListeners(gateway);
  const { clientCertificate } = gateway.model;
  const own = served.length > 0 && clientCertificate !== undefined ? [clientCertificate] : [];
  return [...own, ...served.flatMap(({ tls }) => (tls ?? []).map(({ certificate }) => certificate))];
}

/** What the filters of the bound listeners send requests to. */
export function listenerTargets(gateway: SettledGateway): readonly BackendTarget[] {
  return servedListeners(gateway).flatMap(({ targets }) => targets);
}

function servedListeners(gateway: SettledGateway): readonly ListenerModel[] {
  return settledListeners(gateway).flatMap(({ bound, model }) => (bound === undefined ? [] : [model]));
}

/** What routes see of a Gateway and of each of its ListenerSets, by key. */
export function parentViews(
  gateway: ResourceKey,
  { model, listeners, sets }: SettledGateway,
): ReadonlyMap<ResourceKey, ParentView> {
  const { controllerName, clientCertificate } = model;
  const common = {
    gateway,
    controllerName,
    ...(clientCertificate !== undefined && { clientCertificate: clientCertificate.key }),
  };
  const [, namespace = ""] = gateway.split("/");
  const views = new Map<ResourceKey, ParentView>();
  const own = { namespace, isDefault: model.isDefault, listeners: listeners.map(viewListener) };
  views.set(gateway, { ...common, ...own });
  for (const [key, set] of sets) {
    const added = { namespace: set.model.namespace, listeners: set.listeners.map(viewListener) };
    views.set(key, { ...common, isDefault: false, ...added });
  }
  return views;
}

function viewListener({ model, bound }: SettledListener): ListenerView {
  const { name, key, port, hostname, namespaces, kinds, isPassthrough } = model;
  return { name, key, port, hostname, namespaces, kinds, isPassthrough, isServed: bound !== undefined };
}
