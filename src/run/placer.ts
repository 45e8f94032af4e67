import { isUnbound } from "../resources/gateway/routability.ts";
import { canonicalAddress } from "../std/ip-address.ts";
import { equalValues } from "../resources/equality.ts";
import type { Gateway } from "../resources/gateway/gateway.ts";
import type { ListenerSet } from "../resources/gateway/listener-set.ts";
import {
  compareAge,
  keyOf,
  resourceKey,
  type ResourceChange,
  type ResourceKey,
} from "../resources/resource.ts";
import type { Placement } from "../translate/translate.ts";
import type { Addresses, Tenant, TenantPlace } from "./addresses.ts";
import type { ClusterPorts } from "./cluster-ports.ts";
import { boundPort, firstUnprivilegedPort, nameOf } from "./port-offset.ts";

/** The way in from a cluster. */
export interface WayIn {
  readonly ports: ClusterPorts;
  /** Addresses that the Services of the Gateway have, by ordinal; "" of one that has none. */
  readonly clusterIPs: (gateway: Gateway) => readonly string[];
}

/** Gateways to placements, only those that are new. */
export class Placer {
  private readonly addresses: Addresses;
  private readonly wayIn: WayIn | undefined;
  private places: ReadonlyMap<ResourceKey, TenantPlace> = new Map();
  private said: readonly string[] = [];

  constructor(addresses: Addresses, wayIn?: WayIn) {
    this.addresses = addresses;
    this.wayIn = wayIn;
  }

  /** Where ports are not those of the manifests, and why. */
  get notices(): readonly string[] {
    return this.said;
  }

  /**
   * `gateways` and `sets`: all that there are now, after `changes`.
   * @param moved Gateways of which a Service got or lost its address: if that is all, nothing else is decided anew.
   */
  async place(
    gateways: ReadonlyMap<ResourceKey, Gateway>,
    sets: ReadonlyMap<ResourceKey, ListenerSet>,
    changes: readonly ResourceChange[],
    moved: ReadonlySet<ResourceKey>,
  ): Promise<readonly Placement[]> {
    const before = this.places;
    if (changes.some(({ key }) => /^(Gateway|ListenerSet)\//.test(key))) await this.placeAll(gateways, sets);
    else if (moved.size > 0) this.readdress(gateways, moved);
    else return [];
    return this.differences(before);
  }

  private async placeAll(
    gateways: ReadonlyMap<ResourceKey, Gateway>,
    sets: ReadonlyMap<ResourceKey, ListenerSet>,
  ): Promise<void> {
    const setsByGateway = Map.groupBy(sets.values(), gatewayOf);
    const tenants = [...gateways.values()]
      .toSorted(compareAge)
      .map((gateway) => tenantOf(gateway, setsByGateway.get(keyOf(gateway)) ?? []));
    this.places = await this.withCluster(await this.addresses.place(tenants), tenants, gateways);
    this.said = tenants.flatMap((tenant) => noticesOf(tenant, this.places.get(tenant.gateway)));
  }

  private readdress(gateways: ReadonlyMap<ResourceKey, Gateway>, moved: ReadonlySet<ResourceKey>): void {
    const places = new Map(this.places);
    for (const key of moved) {
      const gateway = gateways.get(key);
      const place = places.get(key);
      if (gateway === undefined || place?.cluster === undefined) continue;
      const clusterIPs = this.wayIn?.clusterIPs(gateway) ?? [];
      places.set(key, { ...place, cluster: { ...place.cluster, clusterIPs } });
    }
    this.places = places;
  }

  private differences(before: ReadonlyMap<ResourceKey, TenantPlace>): readonly Placement[] {
    const placements: Placement[] = [];
    for (const gateway of before.keys()) if (!this.places.has(gateway)) placements.push({ gateway });
    for (const [gateway, place] of this.places) {
      const { addresses, portOffset, cluster } = place;
      if (before.get(gateway) === place || equalValues(before.get(gateway), place)) continue;
      placements.push({
        gateway,
        place: { addresses, portOffset, ...(cluster !== undefined && { cluster }) },
      });
    }
    return placements;
  }

  private async withCluster(
    places: ReadonlyMap<ResourceKey, TenantPlace>,
    tenants: readonly Tenant[],
    gateways: ReadonlyMap<ResourceKey, Gateway>,
  ): Promise<ReadonlyMap<ResourceKey, TenantPlace>> {
    const { wayIn } = this;
    if (wayIn === undefined) return new Map(places);
    wayIn.ports.release(new Set(places.keys()));
    const complete = new Map<ResourceKey, TenantPlace>();
    for (const { gateway: key, ports } of tenants) {
      const gateway = gateways.get(key);
      const place = places.get(key);
      if (gateway === undefined || place === undefined) continue;
      const cluster = {
        address: wayIn.ports.address,
        kept: wayIn.ports.kept,
        ports: await wayIn.ports.map(key, ports),
        clusterIPs: wayIn.clusterIPs(gateway),
      };
      complete.set(key, { ...place, cluster });
    }
    return complete;
  }
}

/** Of the Gateway that a ListenerSet names, which need not be there. */
function gatewayOf({ metadata, spec }: ListenerSet): ResourceKey {
  const { namespace = metadata.namespace, name } = spec.parentRef;
  return resourceKey("Gateway", namespace, name);
}

/** With the ports of the ListenerSets that the Gateway may take: what a selector selects can change at any time. */
function tenantOf(gateway: Gateway, sets: readonly ListenerSet[]): Tenant {
  const taken = sets.filter((set) => mayTake(gateway, set));
  const listeners = [gateway, ...taken].flatMap((home) => home.spec.listeners);
  return {
    gateway: keyOf(gateway),
    ports: listeners.map(({ protocol, port }) => ({ transport: protocol === "UDP" ? "UDP" : "TCP", port })),
    demands: demandsOf(gateway),
  };
}

/** Anybody can write a ListenerSet that names the Gateway: one that it does not want shall not move its ports, nor use up those of the cluster. */
function mayTake({ metadata, spec }: Gateway, set: ListenerSet): boolean {
  const from = spec.allowedListeners?.namespaces.from ?? "None";
  if (from === "Same") return set.metadata.namespace === metadata.namespace;
  return from === "All" || from === "Selector";
}

/** Without a word on addresses a Gateway gets one. What is said of the cluster, or is not known here, is not about this machine. */
function demandsOf({ spec: { addresses = [] } }: Gateway): readonly string[] {
  if (addresses.length === 0) return [""];
  return addresses.flatMap(({ type, value = "", routability = "" }) =>
    type === "IPAddress" && isUnbound(routability) ? [canonicalAddress(value)] : [],
  );
}

const reasons = {
  denied: "binding ports below 1024 takes a privilege that this user has not",
  taken: "the port is taken",
};

function noticesOf({ gateway, ports }: Tenant, place: TenantPlace | undefined): readonly string[] {
  if (place?.shifted === undefined) return [];
  const low = ports
    .filter(({ port }) => port < firstUnprivilegedPort)
    .toSorted((a, b) => a.port - b.port || (a.transport < b.transport ? -1 : 1));
  const moves = low.map((one) => {
    const bound = boundPort(one.port, place.portOffset);
    return `${nameOf(one)} is ${nameOf({ ...one, port: bound })}`;
  });
  return [
    `Gateway ${gateway.slice("Gateway/".length)}: ${[...new Set(moves)].join(", ")}, since ${reasons[place.shifted]}`,
  ];
}
