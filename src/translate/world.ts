import type { EndpointSlice } from "../resources/core/endpoint-slice.ts";
import type { GatewayClass } from "../resources/gateway/gateway-class.ts";
import type { Gateway } from "../resources/gateway/gateway.ts";
import type { GRPCRoute } from "../resources/gateway/grpc-route.ts";
import type { HTTPRoute } from "../resources/gateway/http-route.ts";
import type { ListenerSet } from "../resources/gateway/listener-set.ts";
import { NAME_LABEL, type Namespace } from "../resources/core/namespace.ts";
import type { ReferenceGrant } from "../resources/gateway/reference-grant.ts";
import type { Resource, ResourceKey } from "../resources/resource.ts";
import { resourceKey } from "../resources/resource.ts";
import type { Secret } from "../resources/core/secret.ts";
import type { Service } from "../resources/core/service.ts";
import type { Labels } from "./selector.ts";

interface Kinds {
  readonly GatewayClass: GatewayClass;
  readonly Gateway: Gateway;
  readonly ListenerSet: ListenerSet;
  readonly HTTPRoute: HTTPRoute;
  readonly GRPCRoute: GRPCRoute;
  readonly ReferenceGrant: ReferenceGrant;
  readonly Namespace: Namespace;
  readonly Service: Service;
  readonly Secret: Secret;
  readonly EndpointSlice: EndpointSlice;
}

export type KnownKind = keyof Kinds;

/** The resources as they are now. */
export class World {
  private readonly objects = new Map<ResourceKey, Resource>();
  private readonly grants = new Map<string, Map<ResourceKey, ReferenceGrant>>();
  /** Resources looked at since the start: the cost of an event, without a clock. */
  reads = 0;

  get<Kind extends KnownKind>(kind: Kind, namespace: string, name: string): Kinds[Kind] | undefined {
    return this.at(kind, resourceKey(kind, namespace, name));
  }

  /** `kind` must be the kind that the key names. */
  at<Kind extends KnownKind>(_kind: Kind, key: ResourceKey): Kinds[Kind] | undefined {
    this.reads++;
    return this.objects.get(key) as Kinds[Kind] | undefined;
  }

  /** Of any kind of routes. */
  route(key: ResourceKey): HTTPRoute | GRPCRoute | undefined {
    this.reads++;
    return this.objects.get(key) as HTTPRoute | GRPCRoute | undefined;
  }

  object(key: ResourceKey): Resource | undefined {
    this.reads++;
    return this.objects.get(key);
  }

  put(key: ResourceKey, object: Resource | undefined): void {
    const before = this.objects.get(key);
    if (object === undefined) this.objects.delete(key);
    else this.objects.set(key, object);
    if (before?.kind === "ReferenceGrant") this.grants.get(before.metadata.namespace)?.delete(key);
    if (object?.kind !== "ReferenceGrant") return;
    const { namespace } = object.metadata;
    const grants = this.grants.get(namespace) ?? new Map<ResourceKey, ReferenceGrant>();
    this.grants.set(namespace, grants.set(key, object as ReferenceGrant));
  }

  grantsIn(namespace: string): Iterable<ReferenceGrant> {
    const grants = this.grants.get(namespace);
    this.reads += grants?.size ?? 0;
    return grants?.values() ?? [];
  }

  /** The label with the name holds also where nobody wrote the Namespace down. */
  namespaceLabels(name: string): Labels {
    return { [NAME_LABEL]: name, ...this.get("Namespace", "", name)?.metadata.labels };
  }
}
