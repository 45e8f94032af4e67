import type { ReferenceGrant } from "../resources/gateway/reference-grant.ts";
import { resourceKey, type ResourceKey } from "../resources/resource.ts";
import type { RouteKind } from "../resources/wanted-status.ts";
import type { Service } from "../resources/core/service.ts";
import type { AllowedNamespaces } from "./listeners.ts";
import type { Labels } from "./selector.ts";
import type { World } from "./world.ts";

/** As much of a Gateway as decides which routes attach to it: only a change of this concerns its routes. */
export interface GatewayView {
  readonly controllerName: string;
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

/**
 * All that the translation of one route may look at. It notes what was looked at, present or not, so that
 * exactly the routes that saw something are translated anew when it changes.
 */
export class Sight {
  readonly seen = new Set<string>();
  private readonly world: World;
  private readonly gateways: ReadonlyMap<ResourceKey, GatewayView>;

  constructor(world: World, gateways: ReadonlyMap<ResourceKey, GatewayView>) {
    this.world = world;
    this.gateways = gateways;
  }

  gateway(namespace: string, name: string): GatewayView | undefined {
    const key = resourceKey("Gateway", namespace, name);
    this.seen.add(key);
    return this.gateways.get(key);
  }

  namespaceLabels(name: string): Labels {
    this.seen.add(resourceKey("Namespace", "", name));
    return this.world.namespaceLabels(name);
  }

  service(namespace: string, name: string): Service | undefined {
    this.seen.add(resourceKey("Service", namespace, name));
    return this.world.get("Service", namespace, name);
  }

  grantsIn(namespace: string): Iterable<ReferenceGrant> {
    this.seen.add(grantsKey(namespace));
    return this.world.grantsIn(namespace);
  }
}
