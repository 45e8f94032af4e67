import { compareAge, type Resource, type ResourceKey } from "../resources/resource.ts";

/**
 * Gateways that share an address compete for its ports; the oldest claim wins, as everywhere in the
 * specification. A port has one owner at a time, and only a change of the owner concerns the others.
 */
export class PortClaims {
  private readonly claims = new Map<ResourceKey, ReadonlySet<string>>();
  private readonly claimants = new Map<string, Map<ResourceKey, Resource>>();
  private readonly owners = new Map<string, Resource>();

  /** The Gateway that a port belongs to. */
  owner(claim: string): Resource | undefined {
    return this.owners.get(claim);
  }

  /**
   * What a Gateway claims from now on (`gateway` absent: it is gone). Returns the other Gateways for which
   * the owner of a claimed port has changed.
   */
  set(
    key: ResourceKey,
    gateway: Resource | undefined,
    claims: ReadonlySet<string>,
  ): ReadonlySet<ResourceKey> {
    const touched = new Set<ResourceKey>();
    for (const claim of this.claims.get(key) ?? []) {
      const isKept = gateway !== undefined && claims.has(claim) && this.isSameAge(claim, key, gateway);
      if (!isKept) this.drop(claim, key, touched);
    }
    if (gateway !== undefined) for (const claim of claims) this.add(claim, key, gateway, touched);
    if (claims.size === 0) this.claims.delete(key);
    else this.claims.set(key, claims);
    touched.delete(key);
    return touched;
  }

  private isSameAge(claim: string, key: ResourceKey, gateway: Resource): boolean {
    const known = this.claimants.get(claim)?.get(key);
    return known !== undefined && compareAge(known, gateway) === 0;
  }

  private add(claim: string, key: ResourceKey, gateway: Resource, touched: Set<ResourceKey>): void {
    const claimants = this.claimants.get(claim) ?? new Map<ResourceKey, Resource>();
    if (claimants.has(key)) return;
    this.claimants.set(claim, claimants.set(key, gateway));
    const owner = this.owners.get(claim);
    if (owner === undefined || compareAge(gateway, owner) < 0) this.own(claim, gateway, touched);
  }

  private drop(claim: string, key: ResourceKey, touched: Set<ResourceKey>): void {
    const claimants = this.claimants.get(claim);
    const dropped = claimants?.get(key);
    claimants?.delete(key);
    if (claimants === undefined || claimants.size === 0) {
      this.claimants.delete(claim);
      this.owners.delete(claim);
    } else if (dropped === this.owners.get(claim)) {
      const heir = [...claimants.values()].reduce((oldest, one) =>
        compareAge(one, oldest) < 0 ? one : oldest,
      );
      this.own(claim, heir, touched);
    }
  }

  private own(claim: string, gateway: Resource, touched: Set<ResourceKey>): void {
    this.owners.set(claim, gateway);
    for (const key of this.claimants.get(claim)?.keys() ?? []) touched.add(key);
  }
}
