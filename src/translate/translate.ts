import { isEmptyChange, type ProgramChange } from "../program/change.ts";
import type { Backend, Certificate, Listener, Program, Route } from "../program/program.ts";
import { equalValues } from "../resources/equality.ts";
import { resourceKey, type ResourceChange, type ResourceKey } from "../resources/resource.ts";
import type { WantedStatus } from "../resources/wanted-status.ts";
import type { BackendTarget } from "./backends.ts";
import { classStatus, translateClass, type ClassModel } from "./classes.ts";
import { Dirt, Indexes, ingest } from "./dirt.ts";
import { translateBackend } from "./endpoints.ts";
import { gatewayStatus } from "./gateway-status.ts";
import { portClaims, translateGateway, type GatewayModel } from "./gateways.ts";
import { listenerSetStatus } from "./listener-set-status.ts";
import { PortClaims } from "./ports.ts";
import { Rivals } from "./rivals.ts";
import { contenderOf, settleRoute, translateRoute, type RouteModel, type SettledRoute } from "./routes.ts";
import {
  boundListeners,
  parentViews,
  settleGateway,
  shownCertificates,
  type SettledGateway,
} from "./settle.ts";
import { DEFAULT_GATEWAYS, Sight, type ParentView } from "./sight.ts";
import { Table } from "./table.ts";
import type { Placement, Translation, Work } from "./translation.ts";
import { World } from "./world.ts";

export type { Placement, Translation, Work } from "./translation.ts";

export interface TranslatorOptions {
  /** Whether classes with this `controllerName` are ours. */
  readonly accepts: (controllerName: string) => boolean;
  readonly supportedFeatures: readonly string[];
}

export interface TranslatorInput {
  /** Validated and defaulted resources; of several changes of one object the last counts. */
  readonly changes: readonly ResourceChange[];
  /** Only what is new. A placement without address takes the Gateway's address away and is then forgotten. */
  readonly placements?: readonly Placement[];
}

/** What translation reads, as `KIND.GROUP`. */
export const readKinds: ReadonlySet<string> = new Set([
  "GatewayClass.gateway.networking.k8s.io",
  "Gateway.gateway.networking.k8s.io",
  "ListenerSet.gateway.networking.k8s.io",
  "HTTPRoute.gateway.networking.k8s.io",
  "GRPCRoute.gateway.networking.k8s.io",
  "ReferenceGrant.gateway.networking.k8s.io",
  "Namespace.",
  "Service.",
  "EndpointSlice.discovery.k8s.io",
  "Secret.",
  "ConfigMap.",
]);

const nothing: ReadonlySet<string> = new Set();
const noListeners: ReadonlyMap<ResourceKey, readonly Listener[]> = new Map();

/**
 * Resources to program and statuses. Pure: what it gives depends on the sum of what it was given, not on
 * order or batches (but for the version numbers, which count the changes). An edit costs what it touches.
 */
export class Translator {
  private readonly accepts: (controllerName: string) => boolean;
  private readonly supportedFeatures: readonly string[];
  private readonly world = new World();
  private readonly indexes = new Indexes();
  private readonly placements = new Map<ResourceKey, Placement>();
  /** Classes and Gateways of ours. */
  private readonly classes = new Map<ResourceKey, ClassModel>();
  private readonly models = new Map<ResourceKey, GatewayModel>();
  private readonly settled = new Map<ResourceKey, SettledGateway>();
  private readonly views = new Map<ResourceKey, ParentView>();
  /** Those of the Gateways in `views` that are default Gateways. */
  private readonly defaults = new Set<ResourceKey>();
  /** Gateway → itself and its ListenerSets, as far as they are in `views`. */
  private readonly parents = new Map<ResourceKey, ReadonlySet<ResourceKey>>();
  /** The version of the program that brought the listeners of a Gateway or ListenerSet to what they are. */
  private readonly versions = new Map<ResourceKey, number>();
  private readonly ports = new PortClaims();
  private readonly routeModels = new Map<ResourceKey, RouteModel>();
  private readonly rivals = new Rivals();
  private readonly targets = new Map<string, BackendTarget>();
  private readonly listeners = new Table<Listener>();
  private readonly routes = new Table<Route>();
  private readonly backends = new Table<Backend>();
  private readonly certificates = new Table<Certificate>();
  private readonly statuses = new Table<WantedStatus>();
  private version = 0;

  constructor({ accepts, supportedFeatures }: TranslatorOptions) {
    this.accepts = accepts;
    this.supportedFeatures = [...supportedFeatures].toSorted();
  }

  /** The whole program as it is now: a view, not a copy. */
  get program(): Program {
    return {
      version: this.version,
      listeners: this.listeners.entries,
      routes: this.routes.entries,
      backends: this.backends.entries,
      certificates: this.certificates.entries,
    };
  }

  /** Takes changes in and says what they change. Each stage marks what the following ones have to do. */
  apply({ changes, placements = [] }: TranslatorInput): Translation {
    const dirt = new Dirt();
    const work: Work = { gatewayClasses: 0, gateways: 0, routes: 0, backends: 0, reads: 0 };
    const readBefore = this.world.reads;
    for (const change of changes) ingest(change, this.world, this.indexes, dirt);
    for (const placement of placements) this.place(placement, dirt);
    for (const key of dirt.classes) this.translateClass(key, dirt, work);
    const moved = this.translateGateways(dirt, work);
    this.translateRoutes(dirt, work);
    for (const key of dirt.backends) this.translateBackend(key, work);
    const change = this.takeChange();
    for (const key of moved) this.versions.set(key, this.version);
    for (const key of dirt.parentStatuses) this.writeParentStatus(key);
    work.reads = this.world.reads - readBefore;
    return { change, statuses: this.takeStatuses(), work };
  }

  private place(placement: Placement, dirt: Dirt): void {
    const { gateway } = placement;
    if (equalValues(this.placements.get(gateway), placement)) return;
    if (placement.address === undefined) this.placements.delete(gateway);
    else this.placements.set(gateway, placement);
    dirt.gateways.add(gateway);
  }

  private translateClass(key: ResourceKey, dirt: Dirt, work: Work): void {
    work.gatewayClasses++;
    const gatewayClass = this.world.at("GatewayClass", key);
    const isOurs = gatewayClass !== undefined && this.accepts(gatewayClass.spec.controllerName);
    const model = isOurs ? translateClass(gatewayClass) : undefined;
    if (!equalValues(this.classes.get(key), model)) {
      for (const gateway of this.indexes.classes.owners(key)) dirt.gateways.add(gateway);
    }
    if (gatewayClass === undefined || model === undefined) {
      this.classes.delete(key);
      this.statuses.delete(key);
    } else {
      this.classes.set(key, model);
      this.statuses.put(classStatus(gatewayClass, model, this.supportedFeatures));
    }
  }

  /** Returns the Gateways and ListenerSets whose bound listeners have changed. */
  private translateGateways(dirt: Dirt, work: Work): ReadonlySet<ResourceKey> {
    const moved = new Set<ResourceKey>();
    const unsettled = new Set(dirt.gateways);
    for (const key of dirt.gateways) {
      for (const rival of this.translateGateway(key)) unsettled.add(rival);
    }
    for (const key of unsettled) {
      work.gateways++;
      this.settleGateway(key, dirt, moved);
    }
    return moved;
  }

  /** Returns the other Gateways for which a port has changed hands. */
  private translateGateway(key: ResourceKey): ReadonlySet<ResourceKey> {
    const gateway = this.world.at("Gateway", key);
    const classKey = gateway && resourceKey("GatewayClass", "", gateway.spec.gatewayClassName);
    this.indexes.classes.set(key, classKey === undefined ? nothing : new Set([classKey]));
    const gatewayClass = classKey === undefined ? undefined : this.classes.get(classKey);
    if (gateway === undefined || gatewayClass === undefined) {
      this.models.delete(key);
      this.indexes.gatewaySights.set(key, nothing);
      return this.ports.set(key, undefined, nothing);
    }
    const sight = new Sight(this.world, this.views, this.defaults);
    const sets = [...this.indexes.sets.owners(key)].flatMap((set) => this.world.at("ListenerSet", set) ?? []);
    const model = translateGateway(gateway, gatewayClass, this.placements.get(key), sets, sight);
    this.indexes.gatewaySights.set(key, sight.seen);
    this.models.set(key, model);
    return this.ports.set(key, gateway, portClaims(model));
  }

  /** `moved` takes in the objects whose bound listeners have changed. */
  private settleGateway(key: ResourceKey, dirt: Dirt, moved: Set<ResourceKey>): void {
    const model = this.models.get(key);
    const settled = model && settleGateway(key, model, this.ports);
    const present = this.settled.get(key);
    const before = present === undefined ? noListeners : boundListeners(key, present);
    const after = settled === undefined ? noListeners : boundListeners(key, settled);
    for (const listeners of before.values()) for (const one of listeners) this.listeners.delete(one.key);
    for (const listeners of after.values()) for (const one of listeners) this.listeners.put(one);
    for (const parent of new Set([...before.keys(), ...after.keys()])) {
      if (!equalValues(before.get(parent) ?? [], after.get(parent) ?? [])) moved.add(parent);
    }
    this.useCertificates(key, settled === undefined ? [] : shownCertificates(settled));
    this.showParents(key, settled, dirt);
    if (settled === undefined) this.settled.delete(key);
    else this.settled.set(key, settled);
    dirt.parentStatuses.add(key);
  }

  /** What routes see of a Gateway and its ListenerSets; those that it has no longer may have another Gateway. */
  private showParents(key: ResourceKey, settled: SettledGateway | undefined, dirt: Dirt): void {
    const views = settled === undefined ? new Map<ResourceKey, ParentView>() : parentViews(key, settled);
    for (const parent of this.parents.get(key) ?? nothing) {
      if (!views.has(parent) && this.views.get(parent)?.gateway === key) this.show(parent, undefined, dirt);
    }
    for (const [parent, view] of views) this.show(parent, view, dirt);
    if (views.size === 0) this.parents.delete(key);
    else this.parents.set(key, new Set(views.keys()));
  }

  private show(parent: ResourceKey, view: ParentView | undefined, dirt: Dirt): void {
    dirt.parentStatuses.add(parent);
    if (equalValues(this.views.get(parent), view)) return;
    for (const route of this.indexes.sights.owners(parent)) dirt.routes.add(route);
    if (this.defaults.has(parent) !== (view?.isDefault ?? false)) {
      for (const route of this.indexes.sights.owners(DEFAULT_GATEWAYS)) dirt.routes.add(route);
    }
    if (view?.isDefault === true) this.defaults.add(parent);
    else this.defaults.delete(parent);
    if (view === undefined) this.views.delete(parent);
    else this.views.set(parent, view);
  }

  /** A certificate that no listener shows any more is no longer the proxies' business. */
  private useCertificates(key: ResourceKey, shown: readonly Certificate[]): void {
    const { certificates } = this.indexes;
    const before = certificates.targets(key);
    certificates.set(key, new Set(shown.map((certificate) => certificate.key)));
    for (const certificate of shown) this.certificates.put(certificate);
    for (const certificate of before) {
      if (certificates.owners(certificate).size === 0) this.certificates.delete(certificate);
    }
  }

  private translateRoutes(dirt: Dirt, work: Work): void {
    const unsettled = new Set(dirt.routes);
    for (const key of dirt.routes) {
      for (const rival of this.translateRoute(key)) unsettled.add(rival);
    }
    for (const key of unsettled) {
      work.routes++;
      this.settleRoute(key, dirt);
    }
  }

  /** Returns the other routes that have lost or won their hostnames by it. */
  private translateRoute(key: ResourceKey): ReadonlySet<ResourceKey> {
    const resource = this.world.route(key);
    const sight = new Sight(this.world, this.views, this.defaults);
    const model = resource && translateRoute(resource, sight);
    this.indexes.sights.set(key, resource === undefined ? nothing : sight.seen);
    if (model === undefined) this.routeModels.delete(key);
    else this.routeModels.set(key, model);
    return this.rivals.set(key, model && contenderOf(model));
  }

  private settleRoute(key: ResourceKey, dirt: Dirt): void {
    const model = this.routeModels.get(key);
    const settled = model && settleRoute(model, this.rivals.lost(key));
    this.countRoute(key, settled?.counted ?? nothing, dirt);
    this.useBackends(key, settled?.targets ?? [], dirt);
    if (settled?.route === undefined) this.routes.delete(key);
    else this.routes.put(settled.route);
    if (settled === undefined) this.statuses.delete(key);
    else this.statuses.put(settled.status);
  }

  private countRoute(key: ResourceKey, counted: ReadonlySet<string>, dirt: Dirt): void {
    const before = this.indexes.counts.targets(key);
    for (const listener of before.symmetricDifference(counted)) {
      dirt.parentStatuses.add(homeOf(listener));
    }
    this.indexes.counts.set(key, counted);
  }

  private useBackends(key: ResourceKey, targets: SettledRoute["targets"], dirt: Dirt): void {
    const before = this.indexes.uses.targets(key);
    const used = new Set(targets.map((target) => target.key));
    this.indexes.uses.set(key, used);
    for (const target of targets) {
      if (this.targets.has(target.key)) continue;
      this.targets.set(target.key, target);
      this.indexes.backends.set(target.key, new Set([target.service]));
      dirt.backends.add(target.key);
    }
    for (const backend of before) {
      if (this.indexes.uses.owners(backend).size === 0) dirt.backends.add(backend);
    }
  }

  private translateBackend(key: string, work: Work): void {
    const target = this.targets.get(key);
    if (target === undefined) return;
    work.backends++;
    if (this.indexes.uses.owners(key).size === 0) {
      this.targets.delete(key);
      this.indexes.backends.set(key, nothing);
      this.backends.delete(key);
      return;
    }
    const service = this.world.at("Service", target.service);
    const slices = [...this.indexes.slices.owners(target.service)];
    const present = slices.flatMap((slice) => this.world.at("EndpointSlice", slice) ?? []);
    this.backends.put(translateBackend(target, service, present));
  }

  private takeChange(): ProgramChange {
    const change = {
      version: this.version + 1,
      listeners: this.listeners.takeChange(),
      routes: this.routes.takeChange(),
      backends: this.backends.takeChange(),
      certificates: this.certificates.takeChange(),
    };
    if (isEmptyChange(change)) return { ...change, version: this.version };
    this.version = change.version;
    return change;
  }

  private writeParentStatus(key: ResourceKey): void {
    const gateway = this.views.get(key)?.gateway ?? key;
    const settled = this.settled.get(gateway);
    const version = this.versions.get(key) ?? this.version;
    if (settled === undefined) this.versions.delete(key);
    else this.versions.set(key, version);
    const attachedRoutes = (listener: string) => this.indexes.counts.owners(listener).size;
    const set = settled?.sets.get(key);
    if (settled === undefined) this.statuses.delete(key);
    else if (set === undefined) this.statuses.put(gatewayStatus(key, settled, version, attachedRoutes));
    else this.statuses.put(listenerSetStatus(set, settled.model, version, attachedRoutes));
  }

  private takeStatuses(): readonly WantedStatus[] {
    const { set, remove } = this.statuses.takeChange();
    return [...set, ...remove.map((key) => ({ kind: "Removed", key }) as const)];
  }
}

/** The Gateway or ListenerSet that a listener with this key belongs to. */
function homeOf(listener: string): ResourceKey {
  const [namespace = "", gateway = "", setNamespace = "", set, name] = listener.split("/");
  if (set === undefined || name === undefined) return resourceKey("Gateway", namespace, gateway);
  return resourceKey("ListenerSet", setNamespace, set);
}
