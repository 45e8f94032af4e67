const nobody: ReadonlySet<never> = new Set();

/**
 * Who has which hostname, so that those whose hostnames intersect with a given one are found without a look at
 * the others. The wildcards that cover a hostname are few: one for each of its dots, and any.
 */
export class HostnameIndex<Owner> {
  private readonly ownersByHostname = new Map<string, Set<Owner>>();
  /** Wildcard, or any → the hostnames in the index that it covers, itself left out. */
  private readonly covered = new Map<string, Set<string>>();

  get isEmpty(): boolean {
    return this.ownersByHostname.size === 0;
  }

  add(hostname: string, owner: Owner): void {
    const owners = this.ownersByHostname.get(hostname);
    if (owners !== undefined) {
      owners.add(owner);
      return;
    }
    this.ownersByHostname.set(hostname, new Set([owner]));
    for (const wildcard of coveringOf(hostname)) {
      const covered = this.covered.get(wildcard);
      if (covered === undefined) this.covered.set(wildcard, new Set([hostname]));
      else covered.add(hostname);
    }
  }

  delete(hostname: string, owner: Owner): void {
    const owners = this.ownersByHostname.get(hostname);
    owners?.delete(owner);
    if (owners?.size !== 0) return;
    this.ownersByHostname.delete(hostname);
    for (const wildcard of coveringOf(hostname)) {
      const covered = this.covered.get(wildcard);
      covered?.delete(hostname);
      if (covered?.size === 0) this.covered.delete(wildcard);
    }
  }

  /** Owners of hostnames that some request hostname satisfies together with this one; an owner may come twice. */
  *intersecting(hostname: string): Generator<Owner> {
    yield* this.owners(hostname);
    for (const wildcard of coveringOf(hostname)) yield* this.owners(wildcard);
    for (const below of this.covered.get(hostname) ?? nobody) yield* this.owners(below);
  }

  private owners(hostname: string): ReadonlySet<Owner> {
    return this.ownersByHostname.get(hostname) ?? nobody;
  }
}

/** Of `a.b.org`: `*.b.org`, `*.org` and any; of `*.b.org`: `*.org` and any. */
function coveringOf(hostname: string): readonly string[] {
  if (hostname === "") return [];
  const covering: string[] = [];
  const start = hostname.startsWith("*.") ? 2 : 0;
  for (let dot = hostname.indexOf(".", start); dot >= 0; dot = hostname.indexOf(".", dot + 1)) {
    covering.push(`*${hostname.slice(dot)}`);
  }
  return [...covering, ""];
}
