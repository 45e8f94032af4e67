import type { ReferenceGrant } from "../resources/gateway/reference-grant.ts";
import { resourceKey, type ResourceKey } from "../resources/resource.ts";
import type { RouteKind } from "../resources/wanted-status.ts";
import type { Secret } from "../resources/core/secret.ts";
import type { Service } from "../resources/core/service.ts";
import type { AllowedNamespaces } from "./listeners.ts";
import type { Labels } from "./selector.ts";
import type { World } from "./world.ts";

/**
 * As much of a Gateway, or of a ListenerSet, as decides which routes attach to it: only a change of this concerns
 * its routes.
 */
export interface ParentView {
  /** Of a ListenerSet the one that it is merged into. */
  readonly gateway: ResourceKey;
  readonly controllerName: string;
  /** Claims the routes that leave the choice of their Gateways to others (`spec.defaultScope`). */
  readonly isDefault: boolean;
  readonly namespace: string;
  readonly listeners: readonly ListenerView[];
}

export interface ListenerView {
  readonly name: string;
  readonly key: string;
  readonly port: number;
  readonly hostname: string;
  readonly namespaces: AllowedNamespaces;
  readonly kinds: readonly RouteKind[];
  /** In the program: a route may attach to a listener that is not, and is counted there. */
  readonly isServed: boolean;
}

/** All grants of a namespace together: what a change of any of them is filed under. */
export function grantsKey(namespace: string): string {
  return resourceKey("ReferenceGrant", namespace, "");
}

/** All default Gateways together: what a change of their number is filed under. */
export const DEFAULT_GATEWAYS = "default Gateways";

/**
 * All that the translation of one route or Gateway may look at. It notes what was looked at, present or not, so
 * that exactly those that saw something are translated anew when it changes.
 */
export class Sight {
  readonly seen = new Set<string>();
  private readonly world: World;
  private readonly parents: ReadonlyMap<ResourceKey, ParentView>;
  private readonly defaults: ReadonlySet<ResourceKey>;

  constructor(
    world: World,
    parents: ReadonlyMap<ResourceKey, ParentView>,
    defaults: ReadonlySet<ResourceKey>,
  ) {
    this.world = world;
    this.parents = parents;
    this.defaults = defaults;
  }

  /** Keys of the default Gateways that are ours, sorted. */
  defaultGateways(): readonly ResourceKey[] {
    this.seen.add(DEFAULT_GATEWAYS);
    return [...this.defaults].toSorted();
  }

  parent(kind: "Gateway" | "ListenerSet", namespace: string, name: string): ParentView | undefined {
    const key = resourceKey(kind, namespace, name);
    this.seen.add(key);
    return this.parents.get(key);
  }

  namespaceLabels(name: string): Labels {
    this.seen.add(resourceKey("Namespace", "", name));
    return this.world.namespaceLabels(name);
  }

  service(namespace: string, name: string): Service | undefined {
    this.seen.add(resourceKey("Service", namespace, name));
    return this.world.get("Service", namespace, name);
  }

  secret(namespace: string, name: string): Secret | undefined {
    this.seen.add(resourceKey("Secret", namespace, name));
    return this.world.get("Secret", namespace, name);
  }

  grantsIn(namespace: string): Iterable<ReferenceGrant> {
    this.seen.add(grantsKey(namespace));
    return this.world.grantsIn(namespace);
  }
}
