import type { ResourceKey } from "../resources/resource.ts";
import type { Placement } from "../translate/translate.ts";
import { AddressPool } from "./address-pool.ts";
import type { Probe, Verdict } from "./probe.ts";
import { boundPort, chooseOffset, type Port } from "./port-offset.ts";

export interface AddressesOptions {
  /** The user's one address for all Gateways. */
  readonly address?: string;
  readonly portOffset: number | "auto";
  readonly probe: Probe;
}

/** As much of a Gateway as decides where it is bound. */
export interface Tenant {
  readonly gateway: ResourceKey;
  /** Of its listeners. */
  readonly ports: readonly Port[];
  /** IP addresses that the Gateway itself demands (`spec.addresses`). */
  readonly demands: readonly string[];
}

/** Where a Gateway is bound, and why its ports are not those in the manifest. */
export interface Place extends Placement {
  readonly shifted?: "denied" | "taken";
}

/** Bound once to learn whether the system lends us a range of loopback addresses: Linux does, macOS does not. */
const anyPort = 0;
const sharedAddress = "127.0.0.1";

/**
 * Gives every Gateway an address and a port offset, and keeps both while they fit. Each Gateway has an
 * address of its own (see `AddressPool`), so that two of them can both listen on port 80, as they do in a
 * cluster; where the machine has only 127.0.0.1 they share it, and a port that is taken is shifted.
 */
export class Addresses {
  private readonly options: AddressesOptions;
  private readonly pool = new AddressPool();
  private readonly places = new Map<ResourceKey, Place & { readonly tenant: Tenant }>();
  private readonly bindable = new Map<string, boolean>();

  constructor(options: AddressesOptions) {
    this.options = options;
  }

  /** The places of all Gateways from now on; `tenants` oldest first. */
  async place(tenants: readonly Tenant[]): Promise<ReadonlyMap<ResourceKey, Place>> {
    const live = new Set(tenants.map((tenant) => tenant.gateway));
    for (const gateway of this.places.keys()) if (!live.has(gateway)) this.places.delete(gateway);
    for (const tenant of tenants) {
      const address = await this.chooseAddress(tenant, live);
      const place = await this.chooseOffset(tenant, address);
      this.places.set(tenant.gateway, { ...place, tenant });
    }
    return this.places;
  }

  /** Whether the machine has this address. */
  async canBind(address: string): Promise<boolean> {
    const known = this.bindable.get(address);
    if (known !== undefined) return known;
    const can = (await this.options.probe(address, anyPort, "TCP")) === "free";
    this.bindable.set(address, can);
    return can;
  }

  private async chooseAddress(tenant: Tenant, live: ReadonlySet<ResourceKey>): Promise<string> {
    if (this.options.address !== undefined) return this.options.address;
    for (const demand of tenant.demands) if (await this.canBind(demand)) return demand;
    const own = this.pool.take(tenant.gateway, live);
    return (await this.canBind(own)) ? own : sharedAddress;
  }

  private async chooseOffset(tenant: Tenant, address: string): Promise<Place> {
    const { gateway, ports } = tenant;
    const { portOffset } = this.options;
    if (portOffset !== "auto") return { gateway, address, portOffset };
    const present = this.places.get(gateway);
    const held = present?.address === address ? present : undefined;
    const isOurs = (port: Port) => held !== undefined && holds(held, port);
    const ask = async (port: Port): Promise<Verdict> => {
      if (this.isNeighbours(gateway, address, port)) return "taken";
      return isOurs(port) ? "free" : this.options.probe(address, port.port, port.transport);
    };
    const { offset, why } = await chooseOffset(ports, held?.portOffset, ask);
    // A kept offset keeps its reason.
    const shifted = why ?? (offset === held?.portOffset && offset > 0 ? held.shifted : undefined);
    return { gateway, address, portOffset: offset, ...(shifted !== undefined && { shifted }) };
  }

  /**
   * On an address that the user chose for all, two Gateways with one port are a conflict that the user
   * shall hear of (the older has it); where we made them share, we keep them apart.
   */
  private isNeighbours(gateway: ResourceKey, address: string, port: Port): boolean {
    if (this.options.address !== undefined) return false;
    for (const [other, place] of this.places) {
      if (other !== gateway && place.address === address && holds(place, port)) return true;
    }
    return false;
  }
}

function holds({ tenant, portOffset }: Place & { readonly tenant: Tenant }, bound: Port): boolean {
  return tenant.ports.some(
    ({ transport, port }) => transport === bound.transport && boundPort(port, portOffset) === bound.port,
  );
}
