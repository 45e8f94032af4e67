import type { Listener, Program } from "../program/program.ts";
import type { Gateway } from "../resources/gateway/gateway.ts";
import type { GRPCRoute } from "../resources/gateway/grpc-route.ts";
import type { HTTPRoute } from "../resources/gateway/http-route.ts";
import type { TCPRoute } from "../resources/gateway/tcp-route.ts";
import type { TLSRoute } from "../resources/gateway/tls-route.ts";
import type { UDPRoute } from "../resources/gateway/udp-route.ts";
import type { ListenerSet } from "../resources/gateway/listener-set.ts";
import type { Condition } from "../resources/condition.ts";
import { keyOf, resourceKey, type ResourceChange, type ResourceKey } from "../resources/resource.ts";
import type { WrittenStatus } from "../status/status.ts";
import type { Fault, GatewayReport, IdleListener, ListenerReport, RouteReport } from "./report/event.ts";
import { faultsOf } from "./report/faults.ts";

export interface ViewSources {
  readonly statuses: ReadonlyMap<ResourceKey, WrittenStatus>;
  readonly program: () => Program;
}

type AnyRoute = HTTPRoute | GRPCRoute | TLSRoute | TCPRoute | UDPRoute;
type ParentRef = NonNullable<AnyRoute["spec"]["parentRefs"]>[number];

const gatewayGroup = "gateway.networking.k8s.io";

/** Resources, statuses and program, seen together as a person wants to see them. */
export class View {
  private readonly sources: ViewSources;
  private readonly gatewaysByKey = new Map<ResourceKey, Gateway>();
  private readonly setsByKey = new Map<ResourceKey, ListenerSet>();
  private readonly routesByKey = new Map<ResourceKey, AnyRoute>();
  /** Routes with a parent that is not here: nobody writes a status about that. */
  private readonly orphanKeys = new Set<ResourceKey>();

  constructor(sources: ViewSources) {
    this.sources = sources;
  }

  note(changes: readonly ResourceChange[]): void {
    for (const { key, object } of changes) {
      const objects = (this.mapOf(key) ?? new Map()) as Map<ResourceKey, unknown>;
      if (object === undefined) objects.delete(key);
      else objects.set(key, object);
    }
  }

  private mapOf(key: ResourceKey): ReadonlyMap<ResourceKey, unknown> | undefined {
    if (key.startsWith("Gateway/")) return this.gatewaysByKey;
    if (key.startsWith("ListenerSet/")) return this.setsByKey;
    return /^(HTTP|GRPC|TLS|TCP|UDP)Route\//.test(key) ? this.routesByKey : undefined;
  }

  get gateways(): ReadonlyMap<ResourceKey, Gateway> {
    return this.gatewaysByKey;
  }

  get listenerSets(): ReadonlyMap<ResourceKey, ListenerSet> {
    return this.setsByKey;
  }

  get routes(): ReadonlyMap<ResourceKey, AnyRoute> {
    return this.routesByKey;
  }

  get orphans(): ReadonlySet<ResourceKey> {
    return this.orphanKeys;
  }

  get statuses(): ReadonlyMap<ResourceKey, WrittenStatus> {
    return this.sources.statuses;
  }

  exists(key: ResourceKey): boolean {
    return this.gatewaysByKey.has(key) || this.routesByKey.has(key) || this.sources.statuses.has(key);
  }

  gateway(key: ResourceKey): GatewayReport | undefined {
    const gateway = this.gatewaysByKey.get(key);
    if (gateway === undefined) return undefined;
    const { namespace, name } = gateway.metadata;
    const written = this.sources.statuses.get(key);
    const status = written?.kind === "Gateway" ? written.status : undefined;
    const homes = [gateway, ...this.listenerSetsOf(key)];
    const listeners = homes.flatMap((home) => this.listeners(home, `${namespace}/${name}`));
    return {
      namespace,
      name,
      class: gateway.spec.gatewayClassName,
      addresses: (status?.addresses ?? []).map(({ value }) => value),
      programmed: status?.conditions.some(isProgrammedCondition) ?? false,
      listeners: listeners.flatMap((one) => one.serving ?? []),
      idle: listeners.flatMap((one) => one.idle ?? []),
    };
  }

  /** The Gateway that a ListenerSet names; any other key as it is. */
  gatewayOf(key: ResourceKey): ResourceKey {
    const set = this.setsByKey.get(key);
    return set === undefined ? key : parentOf(set);
  }

  private listenerSetsOf(gateway: ResourceKey): readonly ListenerSet[] {
    return [...this.setsByKey.values()].filter((set) => parentOf(set) === gateway);
  }

  /** Those of a ListenerSet are named as in the program, `NAMESPACE/SET/LISTENER`. */
  private listeners(home: Gateway | ListenerSet, gateway: string): readonly ReportedListener[] {
    const written = this.sources.statuses.get(keyOf(home));
    const told = written !== undefined && "listeners" in written.status ? written.status.listeners : [];
    const bound = this.sources.program().listeners;
    const { namespace, name: homeName } = home.metadata;
    const prefix = home.kind === "Gateway" ? "" : `${namespace}/${homeName}/`;
    return home.spec.listeners.map(({ name: section, protocol, port: specPort, hostname = "" }) => {
      const status = told.find((one) => one.name === section);
      const name = `${prefix}${section}`;
      const common = { name, protocol, specPort, hostname, attachedRoutes: status?.attachedRoutes ?? 0 };
      const isProgrammed = status?.conditions.some(isProgrammedCondition) ?? false;
      const listener = bound.get(`${gateway}/${name}`);
      if (listener === undefined || !isProgrammed) return { idle: common };
      return { serving: { ...common, port: portOf(listener) } };
    });
  }

  route(key: ResourceKey): RouteReport | undefined {
    const route = this.routesByKey.get(key);
    if (route === undefined) return undefined;
    const written = this.sources.statuses.get(key);
    const parents = written !== undefined && "parents" in written.status ? written.status.parents : [];
    return {
      kind: route.kind,
      namespace: route.metadata.namespace,
      name: route.metadata.name,
      hostnames: "hostnames" in route.spec ? (route.spec.hostnames ?? []) : [],
      rules: route.spec.rules?.length ?? 0,
      parents: parents.map(({ parentRef, conditions }) => ({ parentRef, conditions })),
    };
  }

  faults(key: ResourceKey): readonly Fault[] {
    const written = this.sources.statuses.get(key);
    const faults = written === undefined ? [] : faultsOf(written);
    const route = this.routesByKey.get(key);
    const missing = (route?.spec.parentRefs ?? []).filter((ref) => route && !this.isHere(ref, route));
    const isClaimed = written !== undefined && route?.spec.useDefaultGateways === "All";
    const isAtHome = missing.length === 0 && ((route?.spec.parentRefs ?? []).length > 0 || isClaimed);
    if (route === undefined || isAtHome) {
      this.orphanKeys.delete(key);
      return faults;
    }
    this.orphanKeys.add(key);
    return [...faults, parentless(route, missing)];
  }

  private isHere({ group, kind, namespace, name }: ParentRef, route: AnyRoute): boolean {
    if (group !== gatewayGroup) return false;
    const key = resourceKey(kind, namespace ?? route.metadata.namespace, name);
    return this.gatewaysByKey.has(key) || this.setsByKey.has(key);
  }
}

interface ReportedListener {
  readonly serving?: ListenerReport;
  readonly idle?: IdleListener;
}

/** That clients of the Gateway's address connect to; with several addresses it is the same, or one that is mapped to it. */
function portOf({ binds }: Listener): number {
  const { port, publicPort = port } = binds[0]!;
  return publicPort;
}

function isProgrammedCondition({ type, status }: Condition): boolean {
  return type === "Programmed" && status === "True";
}

function parentOf({ metadata, spec }: ListenerSet): ResourceKey {
  return resourceKey("Gateway", spec.parentRef.namespace ?? metadata.namespace, spec.parentRef.name);
}

/** In a cluster this would be silence: no controller feels addressed. */
function parentless(route: AnyRoute, missing: readonly ParentRef[]): Fault {
  const { namespace, name } = route.metadata;
  const names = missing.map((ref) => `${ref.kind ?? "Gateway"} ${ref.namespace ?? namespace}/${ref.name}`);
  return {
    subject: `${route.kind} ${namespace}/${name}`,
    type: "Accepted",
    status: "Unknown",
    reason: "Pending",
    message:
      names.length === 0
        ? "It has no parentRefs"
        : `No Gateway of the files is meant by: ${names.join(", ")}`,
  };
}
