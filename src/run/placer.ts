import { isUnbound } from "../resources/gateway/routability.ts";
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
import { boundPort, firstUnprivilegedPort, nameOf } from "./port-offset.ts";

/** Gateways to placements, only those that are new. */
export class Placer {
  private readonly addresses: Addresses;
  private places: ReadonlyMap<ResourceKey, TenantPlace> = new Map();
  private said: readonly string[] = [];

  constructor(addresses: Addresses) {
    this.addresses = addresses;
  }

  /** Where ports are not those of the manifests, and why. */
  get notices(): readonly string[] {
    return this.said;
  }

  /** `gateways` and `sets`: all that there are now, after `changes`. */
  async place(
    gateways: ReadonlyMap<ResourceKey, Gateway>,
    sets: ReadonlyMap<ResourceKey, ListenerSet>,
    changes: readonly ResourceChange[],
  ): Promise<readonly Placement[]> {
    if (!changes.some(({ key }) => /^(Gateway|ListenerSet)\//.test(key))) return [];
    const setsByGateway = Map.groupBy(sets.values(), gatewayOf);
    const tenants = [...gateways.values()]
      .toSorted(compareAge)
      .map((gateway) => tenantOf(gateway, setsByGateway.get(keyOf(gateway)) ?? []));
    const before = this.places;
    this.places = new Map(await this.addresses.place(tenants));
    this.said = tenants.flatMap((tenant) => noticesOf(tenant, this.places.get(tenant.gateway)));
    const placements: Placement[] = [];
    for (const gateway of before.keys()) if (!this.places.has(gateway)) placements.push({ gateway });
    for (const [gateway, { addresses, portOffset }] of this.places) {
      const place = { addresses, portOffset };
      if (!equalValues(before.get(gateway), this.places.get(gateway))) placements.push({ gateway, place });
    }
    return placements;
  }
}

/** Of the Gateway that a ListenerSet names, which need not be there. */
function gatewayOf({ metadata, spec }: ListenerSet): ResourceKey {
  const { namespace = metadata.namespace, name } = spec.parentRef;
  return resourceKey("Gateway", namespace, name);
}

/** The ports of all ListenerSets that name the Gateway: whether it takes them can change at any time. */
function tenantOf(gateway: Gateway, sets: readonly ListenerSet[]): Tenant {
  const listeners = [gateway, ...sets].flatMap((home) => home.spec.listeners);
  return {
    gateway: keyOf(gateway),
    ports: listeners.map(({ protocol, port }) => ({ transport: protocol === "UDP" ? "UDP" : "TCP", port })),
    demands: demandsOf(gateway),
  };
}

/** Without a word on addresses a Gateway gets one. What is said of the cluster, or is not known here, is not about this machine. */
function demandsOf({ spec: { addresses = [] } }: Gateway): readonly string[] {
  if (addresses.length === 0) return [""];
  return addresses.flatMap(({ type, value = "", routability = "" }) =>
    type === "IPAddress" && isUnbound(routability) ? [value] : [],
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
