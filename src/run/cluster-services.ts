import type { KubeClient } from "../kube/kube.ts";
import { Provisioner, readService, type ServiceGot } from "../provision/provision.ts";
import { equalValues } from "../resources/equality.ts";
import type { Gateway } from "../resources/gateway/gateway.ts";
import { keyOf, resourceKey, type ResourceKey } from "../resources/resource.ts";
import type { GatewayServices } from "../resources/wanted-service.ts";
import type { ClusterSource } from "../source/source.ts";
import type { ObjectFault } from "./object-fault.ts";

export interface ClusterServicesOptions {
  readonly client: KubeClient;
  /** What the watch has seen. */
  readonly source: Pick<ClusterSource, "find" | "hasRead" | "lacks">;
  /** `faults` has changed. */
  readonly onFaults: () => void;
}

/** Of a Gateway: as many as `spec.addresses` can have entries. */
const MAX_SERVICES = 16;

/** What listeners depend on, besides those that are here in any case: a Gateway without one that is valid has no Service. */
const decisive = ["ListenerSet", "Secret", "ConfigMap", "ReferenceGrant", "Namespace", "ClusterTrustBundle"];

/** Whether enough was read to tell which Services of an earlier run nobody wants. A kind that the server has not, or does not show, is not waited for. */
export function knowsWishes(source: Pick<ClusterSource, "hasRead" | "lacks">): boolean {
  if (!source.hasRead("Gateway") || !source.hasRead("GatewayClass")) return false;
  return decisive.every((kind) => source.hasRead(kind) || source.lacks(kind));
}

/** The Services of a cluster that lead to the Gateways of a run: what is wanted goes there, and the addresses that they got come back. */
export class ClusterServices {
  private readonly options: ClusterServicesOptions;
  private readonly provisioner: Provisioner;
  /** Gateway → its Services and what they got. */
  private readonly got = new Map<ResourceKey, Map<ResourceKey, ServiceGot>>();
  private readonly gateways = new Map<ResourceKey, ResourceKey>();
  private readonly faultsByService = new Map<ResourceKey, string>();
  /** When the event at hand came, enough was read to tell what nobody wants. */
  private isWhole = false;
  private hasBegun = false;

  constructor(options: ClusterServicesOptions) {
    this.options = options;
    this.provisioner = new Provisioner({
      client: options.client,
      find: (key) => options.source.find(key),
      onFault: (service, message) => {
        if (message === undefined) this.faultsByService.delete(service);
        else this.faultsByService.set(service, message);
        options.onFaults();
      },
    });
  }

  get faults(): readonly ObjectFault[] {
    return [...this.faultsByService].map(([object, message]) => ({ object, message }));
  }

  /** Takes in what the watch has seen appear, change or go; returns the Gateways of which a Service got or lost its address, or its way to here. */
  note(keys: Iterable<ResourceKey>): ReadonlySet<ResourceKey> {
    this.isWhole ||= knowsWishes(this.options.source);
    const moved = new Set<ResourceKey>();
    for (const key of new Set(keys)) {
      const [kind, namespace = "", name = ""] = key.split("/");
      if (kind === "Service" || kind === "EndpointSlice") this.read(namespace, name, moved);
      this.provisioner.seen(key);
    }
    return moved;
  }

  /** By ordinal; "" of a Service that has none. */
  clusterIPs(gateway: Gateway): readonly string[] {
    const byOrdinal: string[] = Array.from({ length: MAX_SERVICES }, () => "");
    for (const got of this.got.get(keyOf(gateway))?.values() ?? []) {
      const { ordinal, clusterIP = "" } = got;
      if (got.gateway.uid === gateway.metadata.uid && ordinal < MAX_SERVICES) byOrdinal[ordinal] = clusterIP;
    }
    return byOrdinal.slice(0, byOrdinal.findLastIndex((address) => address !== "") + 1);
  }

  /** What came of the event that was noted last. */
  want(wanted: readonly GatewayServices[]): void {
    for (const { key, services } of wanted) this.provisioner.want(key, services);
    if (!this.isWhole || this.hasBegun) return;
    this.hasBegun = true;
    this.provisioner.begin();
  }

  close(): void {
    this.provisioner.close();
  }

  /** Where a Service does not lead, its address is none: an API server can refuse the slice (a loopback address, for one). */
  private read(namespace: string, name: string, moved: Set<ResourceKey>): void {
    const { source } = this.options;
    const key = resourceKey("Service", namespace, name);
    const live = source.find(key);
    const slice = source.find(resourceKey("EndpointSlice", namespace, name));
    const got = live && slice && readService(live);
    const before = this.gateways.get(key);
    if (equalValues(before && this.got.get(before)?.get(key), got)) return;
    if (before !== undefined) this.forget(before, key, moved);
    if (got === undefined) return;
    const gateway = resourceKey("Gateway", got.gateway.namespace, got.gateway.name);
    const services = this.got.get(gateway) ?? new Map<ResourceKey, ServiceGot>();
    this.got.set(gateway, services.set(key, got));
    this.gateways.set(key, gateway);
    moved.add(gateway);
  }

  private forget(gateway: ResourceKey, service: ResourceKey, moved: Set<ResourceKey>): void {
    this.gateways.delete(service);
    const services = this.got.get(gateway);
    services?.delete(service);
    if (services?.size === 0) this.got.delete(gateway);
    moved.add(gateway);
  }
}
