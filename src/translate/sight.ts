import type { Endpoint } from "../program/program.ts";
import type { ReferenceGrant } from "../resources/gateway/reference-grant.ts";
import { resourceKey, type ResourceKey } from "../resources/resource.ts";
import type { RouteKind } from "../resources/wanted-status.ts";
import { grantsIn, type Group } from "./groups.ts";
import type { AllowedNamespaces } from "./listeners.ts";
import type { Labels } from "./selector.ts";
import type { Kinds, KnownKind, World } from "./world.ts";

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
  /** Key of the certificate that the Gateway shows to backends. */
  readonly clientCertificate?: string;
  readonly listeners: readonly ListenerView[];
}

export interface ListenerView {
  readonly name: string;
  readonly key: string;
  readonly port: number;
  readonly hostname: string;
  readonly namespaces: AllowedNamespaces;
  readonly kinds: readonly RouteKind[];
  /** What arrives goes on as it is: no TLS is put around it. */
  readonly isPassthrough: boolean;
  /** In the program: a route may attach to a listener that is not, and is counted there. */
  readonly isServed: boolean;
}

/** See `Endpoint.barred`. */
export type BarredAddresses = NonNullable<Endpoint["barred"]>;

/** All default Gateways together: what a change of their number is filed under. */
export const DEFAULT_GATEWAYS = "default Gateways";

/**
 * All that the translation of one route, Gateway, backend or policy may look at. It notes what was looked at, present or not, so
 * that exactly those that saw something are translated anew when it changes.
 */
export class Sight {
  readonly seen = new Set<string>();
  /** Where names of hosts outside must not lead: the same for all. */
  readonly barred: BarredAddresses;
  private readonly world: World;
  private readonly parents: ReadonlyMap<ResourceKey, ParentView>;
  private readonly defaults: ReadonlySet<ResourceKey>;

  constructor(
    world: World,
    parents: ReadonlyMap<ResourceKey, ParentView>,
    defaults: ReadonlySet<ResourceKey>,
    barred: BarredAddresses,
  ) {
    this.barred = barred;
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

  /** An object of one of the kinds that are looked at as they are. */
  get<Kind extends SeenKind>(kind: Kind, namespace: string, name: string): Kinds[Kind] | undefined {
    return this.at(kind, resourceKey(kind, namespace, name));
  }

  /** `kind` must be the kind that the key names. */
  at<Kind extends SeenKind>(kind: Kind, key: ResourceKey): Kinds[Kind] | undefined {
    this.seen.add(key);
    return this.world.at(kind, key);
  }

  /** `kind` must be the kind of the group's members. */
  members<Kind extends KnownKind>(kind: Kind, group: Group): Iterable<Kinds[Kind]> {
    this.seen.add(group);
    return this.world.members(kind, group);
  }

  grantsIn(namespace: string): Iterable<ReferenceGrant> {
    return this.members("ReferenceGrant", grantsIn(namespace));
  }
}

type SeenKind = "Service" | "ServiceImport" | "Secret" | "ConfigMap" | "ClusterTrustBundle" | "XBackend";
