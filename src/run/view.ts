import type { Program } from "../program/program.ts";
import type { Gateway } from "../resources/gateway/gateway.ts";
import type { HTTPRoute } from "../resources/gateway/http-route.ts";
import { resourceKey, type ResourceChange, type ResourceKey } from "../resources/resource.ts";
import type { WrittenStatus } from "../status/status.ts";
import type { Fault, GatewayReport, IdleListener, ListenerReport, RouteReport } from "./report/event.ts";
import { faultsOf } from "./report/faults.ts";

export interface ViewSources {
  readonly statuses: ReadonlyMap<ResourceKey, WrittenStatus>;
  readonly program: () => Program;
}

type ParentRef = NonNullable<HTTPRoute["spec"]["parentRefs"]>[number];

const gatewayGroup = "gateway.networking.k8s.io";

/** Resources, statuses and program, seen together as a person wants to see them. */
export class View {
  private readonly sources: ViewSources;
  private readonly gatewaysByKey = new Map<ResourceKey, Gateway>();
  private readonly routesByKey = new Map<ResourceKey, HTTPRoute>();
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
    return key.startsWith("HTTPRoute/") ? this.routesByKey : undefined;
  }

  get gateways(): ReadonlyMap<ResourceKey, Gateway> {
    return this.gatewaysByKey;
  }

  get routes(): ReadonlyMap<ResourceKey, HTTPRoute> {
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
    const bound = this.sources.program().listeners;
    const listeners: ListenerReport[] = [];
    const idle: IdleListener[] = [];
    for (const { name: section, protocol, port: specPort, hostname = "" } of gateway.spec.listeners ?? []) {
      const told = status?.listeners.find((one) => one.name === section);
      const attachedRoutes = told?.attachedRoutes ?? 0;
      const common = { name: section, protocol, specPort, hostname, attachedRoutes };
      const isProgrammed = told?.conditions.some((one) => one.type === "Programmed" && one.status === "True");
      const listener = bound.get(`${namespace}/${name}/${section}`);
      if (listener !== undefined && isProgrammed === true) listeners.push({ ...common, port: listener.port });
      else idle.push(common);
    }
    const address = status?.addresses[0]?.value;
    return {
      namespace,
      name,
      class: gateway.spec.gatewayClassName,
      ...(address !== undefined && { address }),
      programmed:
        status?.conditions.some((one) => one.type === "Programmed" && one.status === "True") ?? false,
      listeners,
      idle,
    };
  }

  route(key: ResourceKey): RouteReport | undefined {
    const route = this.routesByKey.get(key);
    if (route === undefined) return undefined;
    const written = this.sources.statuses.get(key);
    const parents = written?.kind === "HTTPRoute" ? written.status.parents : [];
    return {
      namespace: route.metadata.namespace,
      name: route.metadata.name,
      hostnames: route.spec.hostnames ?? [],
      rules: route.spec.rules?.length ?? 1,
      parents: parents.map(({ parentRef, conditions }) => ({ parentRef, conditions })),
    };
  }

  faults(key: ResourceKey): readonly Fault[] {
    const written = this.sources.statuses.get(key);
    const faults = written === undefined ? [] : faultsOf(written);
    const route = this.routesByKey.get(key);
    const missing = (route?.spec.parentRefs ?? []).filter((ref) => route && !this.isHere(ref, route));
    if (route === undefined || (missing.length === 0 && (route.spec.parentRefs ?? []).length > 0)) {
      this.orphanKeys.delete(key);
      return faults;
    }
    this.orphanKeys.add(key);
    return [...faults, parentless(route, missing)];
  }

  private isHere({ group, kind, namespace, name }: ParentRef, route: HTTPRoute): boolean {
    if (group !== gatewayGroup || kind !== "Gateway") return false;
    return this.gatewaysByKey.has(resourceKey("Gateway", namespace ?? route.metadata.namespace, name));
  }
}

/** In a cluster this would be silence: no controller feels addressed. */
function parentless(route: HTTPRoute, missing: readonly ParentRef[]): Fault {
  const { namespace, name } = route.metadata;
  const names = missing.map((ref) => `${ref.kind ?? "Gateway"} ${ref.namespace ?? namespace}/${ref.name}`);
  return {
    subject: `HTTPRoute ${namespace}/${name}`,
    type: "Accepted",
    status: "Unknown",
    reason: "Pending",
    message:
      names.length === 0
        ? "It has no parentRefs"
        : `No Gateway of the files is meant by: ${names.join(", ")}`,
  };
}
