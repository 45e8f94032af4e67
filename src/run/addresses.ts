import type { ResourceKey } from "../resources/resource.ts";
import type { Place } from "../translate/translate.ts";
import { AddressPool } from "./address-pool.ts";
import { boundPort, chooseOffset, type Port } from "./port-offset.ts";
import type { Probe, Verdict } from "./probe.ts";

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
  /** One for each address of this machine that it asks for: an IP address in canonical form, or "" for any. */
  readonly demands: readonly string[];
}

/** Where a Gateway is bound, and why its ports are not those in the manifest. */
export interface TenantPlace extends Place {
  readonly shifted?: "denied" | "taken";
}

/** Bound once to learn whether the system lends us a range of loopback addresses: Linux does, macOS does not. */
const anyPort = 0;
const sharedAddress = "127.0.0.1";
/** They take a port of every address, those of other Gateways too. */
const unspecified: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** What stands against a port, the lasting before the passing. */
const gravity: readonly Verdict[] = ["denied", "taken", "absent"];

/**
 * Gives every Gateway its addresses and a port offset, and keeps both while they fit. Each Gateway has
 * addresses of its own (see `AddressPool`), so that two of them can both listen on port 80, as they do in a
 * cluster; where the machine has only 127.0.0.1 they share it, and a port that is taken is shifted.
 */
export class Addresses {
  private readonly options: AddressesOptions;
  private readonly pool = new AddressPool();
  private readonly places = new Map<ResourceKey, TenantPlace & { readonly tenant: Tenant }>();
  /** Addresses that the machine has; one that it has not may come, with an interface or a tunnel. */
  private readonly present = new Set<string>();

  constructor(options: AddressesOptions) {
    this.options = options;
  }

  /** The places of all Gateways from now on; `tenants` oldest first. */
  async place(tenants: readonly Tenant[]): Promise<ReadonlyMap<ResourceKey, TenantPlace>> {
    const live = new Set(tenants.map((tenant) => tenant.gateway));
    for (const gateway of this.places.keys()) if (!live.has(gateway)) this.places.delete(gateway);
    for (const tenant of tenants) {
      const addresses = await this.chooseAddresses(tenant, live);
      const place = await this.chooseOffset(tenant, addresses);
      this.places.set(tenant.gateway, { ...place, tenant });
    }
    return this.places;
  }

  /** Whether the machine has this address. */
  async canBind(address: string): Promise<boolean> {
    if (this.present.has(address)) return true;
    const can = (await this.options.probe(address, anyPort, "TCP")) === "free";
    if (can) this.present.add(address);
    return can;
  }

  /** One for each demand that can be met. */
  private async chooseAddresses(
    { gateway, demands }: Tenant,
    live: ReadonlySet<ResourceKey>,
  ): Promise<readonly string[]> {
    if (this.options.address !== undefined) return demands.length === 0 ? [] : [this.options.address];
    const chosen = new Set<string>();
    for (const demand of demands)
      if (demand !== "" && (await this.mayHave(gateway, demand))) chosen.add(demand);
    const isNamed = (address: string) => chosen.has(address) || this.hasOther(gateway, address, true);
    const open = demands.filter((demand) => demand === "");
    for (const ordinal of open.keys()) {
      const own = this.pool.take(gateway, ordinal, live, isNamed);
      chosen.add((await this.canBind(own)) ? own : sharedAddress);
    }
    return [...chosen];
  }

  /** Nobody gets at an address that another Gateway was given because it asked for none: its ports would go to the older of the two. */
  private async mayHave(gateway: ResourceKey, address: string): Promise<boolean> {
    if (unspecified.has(address)) return false;
    if (address !== sharedAddress && this.hasOther(gateway, address, false)) return false;
    return this.canBind(address);
  }

  /** @param byName Whether it has it because it asks for this one. */
  private hasOther(gateway: ResourceKey, address: string, byName: boolean): boolean {
    for (const [other, { addresses, tenant }] of this.places) {
      if (other === gateway || !addresses.includes(address)) continue;
      if (tenant.demands.includes(address) === byName) return true;
    }
    return false;
  }

  private async chooseOffset(tenant: Tenant, addresses: readonly string[]): Promise<TenantPlace> {
    const { gateway, ports } = tenant;
    const { portOffset } = this.options;
    if (portOffset !== "auto") return { addresses, portOffset };
    const present = this.places.get(gateway);
    const held = present?.addresses.some((one) => addresses.includes(one)) === true ? present : undefined;
    const ask = async (port: Port): Promise<Verdict> => {
      const verdicts = await Promise.all(addresses.map((address) => this.askAt(gateway, address, port)));
      return gravity.find((one) => verdicts.includes(one)) ?? "free";
    };
    const { offset, why } = await chooseOffset(ports, held?.portOffset, ask);
    // A kept offset keeps its reason.
    const shifted = why ?? (offset === held?.portOffset && offset > 0 ? held.shifted : undefined);
    return { addresses, portOffset: offset, ...(shifted !== undefined && { shifted }) };
  }

  private async askAt(gateway: ResourceKey, address: string, port: Port): Promise<Verdict> {
    if (this.isNeighbours(gateway, address, port)) return "taken";
    const present = this.places.get(gateway);
    const isOurs = present !== undefined && holds(present, address, port);
    return isOurs ? "free" : this.options.probe(address, port.port, port.transport);
  }

  /**
   * On an address that the user chose for all, two Gateways with one port are a conflict that the user
   * shall hear of (the older has it); where we made them share, we keep them apart.
   */
  private isNeighbours(gateway: ResourceKey, address: string, port: Port): boolean {
    if (this.options.address !== undefined) return false;
    for (const [other, place] of this.places)
      if (other !== gateway && holds(place, address, port)) return true;
    return false;
  }
}

function holds(
  { addresses, portOffset, tenant }: TenantPlace & { readonly tenant: Tenant },
  address: string,
  bound: Port,
): boolean {
  if (!addresses.includes(address)) return false;
  return tenant.ports.some(
    ({ transport, port }) => transport === bound.transport && boundPort(port, portOffset) === bound.port,
  );
}
