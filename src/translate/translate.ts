import type { Listener, Program } from "../program/program.ts";
import { equalValues } from "../resources/equality.ts";
import { resourceKey, type ResourceChange, type ResourceKey } from "../resources/resource.ts";
import type { GatewayServices } from "../resources/wanted-service.ts";
import type { WantedStatus } from "../resources/wanted-status.ts";
import { classStatus, translateClass, type ClassModel } from "./classes.ts";
import { Dirt, Indexes, ingest } from "./dirt.ts";
import { gatewayStatus } from "./gateway-status.ts";
import { portClaims, translateGateway, type GatewayModel } from "./gateways.ts";
import { listenerSetStatus } from "./listener-set-status.ts";
import { ancestorsOf, policyStatus } from "./policy-status.ts";
import { PortClaims } from "./ports.ts";
import { ProgramTables } from "./program-tables.ts";
import { Rivals } from "./rivals.ts";
import { contenderOf, settleRoute, translateRoute, type RouteModel } from "./routes.ts";
import {
  boundListeners,
  listenerTargets,
  parentViews,
  settleGateway,
  shownCertificates,
  type SettledGateway,
} from "./settle.ts";
import { wantedServices } from "./services.ts";
import { DEFAULT_GATEWAYS, Sight, type BarredAddresses, type ParentView } from "./sight.ts";
import { Table } from "./table.ts";
import { translateBackend } from "./translate-backend.ts";
import type { Place, Placement, Translation, Work } from "./translation.ts";
import { UsedBackends, type Use } from "./used-backends.ts";
import { World } from "./world.ts";

export type { ClusterPlace, Place, Placement, Translation, Work } from "./translation.ts";

export interface TranslatorOptions {
  /** Whether classes with this `controllerName` are ours. */
  readonly accepts: (controllerName: string) => boolean;
  readonly supportedFeatures: readonly string[];
  /** `Listener.trustedProxies` of all listeners. */
  readonly trustedProxies?: readonly string[];
  /** Where names of hosts outside must not lead; absent: to no loopback address either. */
  readonly barred?: BarredAddresses;
}

export interface TranslatorInput {
  /** Validated and defaulted resources; of several changes of one object the last counts. */
  readonly changes: readonly ResourceChange[];
  /** From now on; absent: as before. */
  readonly supportedFeatures?: readonly string[];
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
  "TLSRoute.gateway.networking.k8s.io",
  "TCPRoute.gateway.networking.k8s.io",
  "UDPRoute.gateway.networking.k8s.io",
  "ReferenceGrant.gateway.networking.k8s.io",
  "BackendTLSPolicy.gateway.networking.k8s.io",
  "XBackend.gateway.networking.x-k8s.io",
  "XBackendTrafficPolicy.gateway.networking.x-k8s.io",
  "ServiceImport.multicluster.x-k8s.io",
  "Namespace.",
  "Service.",
  "EndpointSlice.discovery.k8s.io",
  "Secret.",
  "ConfigMap.",
  "ClusterTrustBundle.certificates.k8s.io",
  "Pod.",
  "CustomResourceDefinition.apiextensions.k8s.io",
]);

const nothing: ReadonlySet<string> = new Set();
const noListeners: ReadonlyMap<ResourceKey, readonly Listener[]> = new Map();

/**
 * Resources to program and statuses. Pure: what it gives depends on the sum of what it was given, not on
 * order or batches (but for the version numbers, which count the changes). An edit costs what it touches.
 */
export class Translator {
  private readonly accepts: (controllerName: string) => boolean;
  private supportedFeatures: readonly string[];
  private readonly barred: BarredAddresses;
  private readonly trust: Pick<Listener, "trustedProxies">;
  private readonly world = new World();
  private readonly indexes = new Indexes();
  private readonly places = new Map<ResourceKey, Place>();
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
  private readonly used = new UsedBackends();
  private readonly tables = new ProgramTables();
  private readonly statuses = new Table<WantedStatus>();
  private readonly services = new Table<GatewayServices>();

  constructor({
    accepts,
    supportedFeatures,
    trustedProxies,
    barred = "special and loopback",
  }: TranslatorOptions) {
    this.barred = barred;
    this.accepts = accepts;
    this.trust = trustedProxies === undefined ? {} : { trustedProxies };
    this.supportedFeatures = [...supportedFeatures].toSorted();
  }

  /** The whole program as it is now: a view, not a copy. */
  get program(): Program {
    return this.tables.program;
  }

  /** Takes changes in and says what they change. Each stage marks what the following ones have to do. */
  apply({ changes, placements = [], supportedFeatures }: TranslatorInput): Translation {
    const dirt = new Dirt();
    if (supportedFeatures !== undefined) this.support(supportedFeatures, dirt);
    const work: Work = { gatewayClasses: 0, gateways: 0, routes: 0, backends: 0, policies: 0, reads: 0 };
    const readBefore = this.world.reads;
    for (const change of changes) ingest(change, this.world, this.indexes, dirt);
    for (const placement of placements) this.place(placement, dirt);
    for (const key of dirt.classes) this.translateClass(key, dirt, work);
    const moved = this.translateGateways(dirt, work);
    this.translateRoutes(dirt, work);
    for (const key of dirt.backends) this.translateBackend(key, work);
    for (const key of dirt.policies) this.writePolicyStatus(key, work);
    const change = this.tables.takeChange();
    for (const key of moved) this.versions.set(key, change.version);
    for (const key of dirt.parentStatuses) this.writeParentStatus(key);
    work.reads = this.world.reads - readBefore;
    return { change, statuses: this.takeStatuses(), services: this.takeServices(), work };
  }

  private support(features: readonly string[], dirt: Dirt): void {
    const sorted = [...features].toSorted();
    if (equalValues(sorted, this.supportedFeatures)) return;
    const didTell = this.tellsRoutability;
    this.supportedFeatures = sorted;
    for (const key of this.classes.keys()) dirt.classes.add(key);
    if (didTell !== this.tellsRoutability)
      for (const key of this.settled.keys()) dirt.parentStatuses.add(key);
  }

  /** "Implementations claiming GatewayAddressRoutability MUST set this field for every status address"; not all servers keep it. */
  private get tellsRoutability(): boolean {
    return this.supportedFeatures.includes("GatewayAddressRoutability");
  }

  private place({ gateway, place }: Placement, dirt: Dirt): void {
    if (equalValues(this.places.get(gateway), place)) return;
    if (place === undefined) this.places.delete(gateway);
    else this.places.set(gateway, place);
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
      this.indexes.classSights.set(key, nothing);
      this.statuses.delete(key);
    } else {
      this.classes.set(key, model);
      const sight = this.newSight();
      this.statuses.put(classStatus(gatewayClass, model, this.supportedFeatures, sight));
      this.indexes.classSights.set(key, sight.seen);
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
    const sight = this.newSight();
    const sets = [...this.indexes.sets.owners(key)].flatMap((set) => this.world.at("ListenerSet", set) ?? []);
    const model = translateGateway(gateway, gatewayClass, this.places.get(key), sets, sight);
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
    for (const listeners of before.values())
      for (const one of listeners) this.tables.listeners.delete(one.key);
    for (const listeners of after.values())
      for (const one of listeners) this.tables.listeners.put({ ...one, ...this.trust });
    for (const parent of new Set([...before.keys(), ...after.keys()])) {
      if (!equalValues(before.get(parent) ?? [], after.get(parent) ?? [])) moved.add(parent);
    }
    this.tables.showCertificates(key, settled === undefined ? [] : shownCertificates(settled));
    const targets = settled === undefined ? [] : listenerTargets(settled);
    const ancestors = model === undefined ? [] : [{ ...model, gateway: key }];
    this.useBackends(key, [{ targets, ancestors }], dirt);
    this.showParents(key, settled, dirt);
    this.wantServices(key, settled);
    if (settled === undefined) this.settled.delete(key);
    else this.settled.set(key, settled);
    dirt.parentStatuses.add(key);
  }

  private wantServices(key: ResourceKey, settled: SettledGateway | undefined): void {
    const gateway = this.world.at("Gateway", key);
    const { cluster } = this.places.get(key) ?? {};
    const services = gateway && settled ? wantedServices(gateway, settled, cluster) : [];
    if (services.length === 0) this.services.delete(key);
    else this.services.put({ key, services });
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
    const sight = this.newSight();
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
    this.useBackends(key, settled?.uses ?? [], dirt);
    this.tables.putRoutes(key, settled?.routes ?? []);
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

  private useBackends(user: ResourceKey, uses: readonly Use[], dirt: Dirt): void {
    const { backends, objects } = this.used.set(user, uses);
    for (const backend of backends) dirt.backends.add(backend);
    for (const object of objects) {
      for (const policy of this.indexes.policySights.owners(ancestorsOf(object))) dirt.policies.add(policy);
    }
  }

  private translateBackend(key: string, work: Work): void {
    work.backends++;
    const target = this.used.find(key);
    if (target === undefined) {
      this.indexes.backendSights.set(key, nothing);
      this.tables.showCertificates(key, []);
      this.tables.backends.delete(key);
      return;
    }
    const sight = this.newSight();
    const { backend, certificates } = translateBackend(target, sight);
    this.indexes.backendSights.set(key, sight.seen);
    this.tables.showCertificates(key, certificates);
    this.tables.backends.put(backend);
  }

  private writePolicyStatus(key: ResourceKey, work: Work): void {
    work.policies++;
    const policy = this.world.policy(key);
    const sight = this.newSight();
    const status = policy && policyStatus(policy, this.used.ancestors, sight);
    this.indexes.policySights.set(key, policy === undefined ? nothing : sight.seen);
    if (status === undefined) this.statuses.delete(key);
    else this.statuses.put(status);
  }

  private newSight(): Sight {
    return new Sight(this.world, this.views, this.defaults, this.barred);
  }

  private writeParentStatus(key: ResourceKey): void {
    const gateway = this.views.get(key)?.gateway ?? key;
    const settled = this.settled.get(gateway);
    const version = this.versions.get(key) ?? this.tables.version;
    if (settled === undefined) this.versions.delete(key);
    else this.versions.set(key, version);
    const attachedRoutes = (listener: string) => this.indexes.counts.owners(listener).size;
    const set = settled?.sets.get(key);
    if (settled === undefined) this.statuses.delete(key);
    else if (set === undefined) {
      this.statuses.put(gatewayStatus(key, settled, version, attachedRoutes, this.tellsRoutability));
    } else this.statuses.put(listenerSetStatus(set, settled.model, version, attachedRoutes));
  }

  private takeServices(): readonly GatewayServices[] {
    const { set, remove } = this.services.takeChange();
    return [...set, ...remove.map((key) => ({ key, services: [] }))];
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
