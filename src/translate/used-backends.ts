import type { ResourceKey } from "../resources/resource.ts";
import { Ancestors, type Ancestor } from "./ancestors.ts";
import type { BackendTarget } from "./backends.ts";
import { ReverseIndex } from "./reverse-index.ts";

/** Backends that are used through these Gateways. */
export interface Use {
  readonly targets: readonly BackendTarget[];
  readonly ancestors: readonly Ancestor[];
}

/** Which backends requests are sent to, by whom, and through which Gateways: each is there as long as it is used. */
export class UsedBackends {
  readonly ancestors = new Ancestors();
  private readonly targets = new Map<string, BackendTarget>();
  /** Route or Gateway → keys of the backends it sends requests to. */
  private readonly uses = new ReverseIndex();

  /** The target with this key, while somebody uses it. */
  find(key: string): BackendTarget | undefined {
    return this.targets.get(key);
  }

  /**
   * What a route or Gateway sends requests to from now on. Returns the keys of the backends that come or go by it, and
   * the objects that have other ancestors now.
   */
  set(
    user: ResourceKey,
    uses: readonly Use[],
  ): { readonly backends: ReadonlySet<string>; readonly objects: ReadonlySet<ResourceKey> } {
    const backends = new Set<string>();
    const before = this.uses.targets(user);
    const targets = uses.flatMap((use) => use.targets);
    this.uses.set(user, new Set(targets.map((target) => target.key)));
    for (const target of targets) {
      if (this.targets.has(target.key)) continue;
      this.targets.set(target.key, target);
      backends.add(target.key);
    }
    for (const key of before) {
      if (this.uses.owners(key).size > 0) continue;
      this.targets.delete(key);
      backends.add(key);
    }
    const lines = uses.map((use) => ({ objects: governed(use.targets), ancestors: use.ancestors }));
    return { backends, objects: this.ancestors.set(user, lines) };
  }
}

/** Those that policies decide about: nothing is put around what is passed on as it is, but an XBackend is one all the same. */
function governed(targets: readonly BackendTarget[]): ReadonlySet<ResourceKey> {
  const under = targets.filter((one) => one.isPassthrough !== true || one.object.startsWith("XBackend/"));
  return new Set(under.map(({ object }) => object));
}
