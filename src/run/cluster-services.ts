import type { KubeClient } from "../kube/kube.ts";
import { Provisioner, readService, type ServiceGot } from "../provision/provision.ts";
import { equalValues } from "../resources/equality.ts";
import type { Gateway } from "../resources/gateway/gateway.ts";
import type { JsonObject } from "../resources/json.ts";
import { resourceKey, type ResourceKey } from "../resources/resource.ts";
import type { GatewayServices } from "../resources/wanted-service.ts";
import type { ClusterSource } from "../source/source.ts";
import type { ObjectFault } from "./object-fault.ts";

export interface ClusterServicesOptions {
  readonly client: KubeClient;
  /** The object as the watch saw it last. */
  readonly find: (key: ResourceKey) => JsonObject | undefined;
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
  private readonly got = new Map<ResourceKey, ServiceGot>();
  private readonly faultsByService = new Map<ResourceKey, string>();

  constructor(options: ClusterServicesOptions) {
    this.options = options;
    this.provisioner = new Provisioner({
      client: options.client,
      find: options.find,
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

  /** Takes in what the watch has seen appear, change or go; returns whether a Service of ours got or lost its address, or its way to here. */
  note(keys: Iterable<ResourceKey>): boolean {
    let hasMoved = false;
    for (const key of keys) {
      const [kind, namespace = "", name = ""] = key.split("/");
      const isPart = kind === "Service" || kind === "EndpointSlice";
      if (isPart && this.read(namespace, name)) hasMoved = true;
      this.provisioner.seen(key);
    }
    return hasMoved;
  }

  /** By ordinal; "" of a Service that has none. */
  clusterIPs({ metadata: { namespace, name, uid } }: Gateway): readonly string[] {
    const own = [...this.got.values()].filter(
      ({ gateway }) => gateway.namespace === namespace && gateway.name === name && gateway.uid === uid,
    );
    const byOrdinal: string[] = Array.from({ length: MAX_SERVICES }, () => "");
    for (const { ordinal, clusterIP } of own)
      if (ordinal < MAX_SERVICES && clusterIP !== undefined) byOrdinal[ordinal] = clusterIP;
    return byOrdinal.slice(0, byOrdinal.findLastIndex((address) => address !== "") + 1);
  }

  want(wanted: readonly GatewayServices[]): void {
    for (const { key, services } of wanted) this.provisioner.want(key, services);
  }

  /** Everything that is there at the start was taken in. */
  begin(): void {
    this.provisioner.begin();
  }

  close(): void {
    this.provisioner.close();
  }

  /** Where a Service does not lead, its address is none: an API server can refuse the slice (a loopback address, for one). */
  private read(namespace: string, name: string): boolean {
    const key = resourceKey("Service", namespace, name);
    const live = this.options.find(key);
    const slice = this.options.find(resourceKey("EndpointSlice", namespace, name));
    const got = live && slice && readService(live);
    if (equalValues(this.got.get(key), got)) return false;
    if (got === undefined) this.got.delete(key);
    else this.got.set(key, got);
    return true;
  }
}
