import type { ClusterTrustBundle } from "../resources/core/cluster-trust-bundle.ts";
import type { ConfigMap } from "../resources/core/config-map.ts";
import type { CustomResourceDefinition } from "../resources/core/custom-resource-definition.ts";
import type { EndpointSlice } from "../resources/core/endpoint-slice.ts";
import type { Pod } from "../resources/core/pod.ts";
import type { Secret } from "../resources/core/secret.ts";
import type { Service } from "../resources/core/service.ts";
import type { BackendTLSPolicy } from "../resources/gateway/backend-tls-policy.ts";
import type { GatewayClass } from "../resources/gateway/gateway-class.ts";
import type { Gateway } from "../resources/gateway/gateway.ts";
import type { GRPCRoute } from "../resources/gateway/grpc-route.ts";
import type { HTTPRoute } from "../resources/gateway/http-route.ts";
import type { ListenerSet } from "../resources/gateway/listener-set.ts";
import type { TCPRoute } from "../resources/gateway/tcp-route.ts";
import type { TLSRoute } from "../resources/gateway/tls-route.ts";
import type { UDPRoute } from "../resources/gateway/udp-route.ts";
import { NAME_LABEL, type Namespace } from "../resources/core/namespace.ts";
import type { ReferenceGrant } from "../resources/gateway/reference-grant.ts";
import type { XBackendTrafficPolicy } from "../resources/gateway/x-backend-traffic-policy.ts";
import type { XBackend } from "../resources/gateway/x-backend.ts";
import type { ServiceImport } from "../resources/multicluster/service-import.ts";
import type { Resource, ResourceKey } from "../resources/resource.ts";
import { resourceKey } from "../resources/resource.ts";
import { groupsOf, type Group } from "./groups.ts";
import type { AnyRoute } from "./route-form.ts";
import { ReverseIndex } from "./reverse-index.ts";
import type { Labels } from "./selector.ts";

export interface Kinds {
  readonly GatewayClass: GatewayClass;
  readonly Gateway: Gateway;
  readonly ListenerSet: ListenerSet;
  readonly HTTPRoute: HTTPRoute;
  readonly GRPCRoute: GRPCRoute;
  readonly TLSRoute: TLSRoute;
  readonly TCPRoute: TCPRoute;
  readonly UDPRoute: UDPRoute;
  readonly ReferenceGrant: ReferenceGrant;
  readonly BackendTLSPolicy: BackendTLSPolicy;
  readonly XBackend: XBackend;
  readonly XBackendTrafficPolicy: XBackendTrafficPolicy;
  readonly Namespace: Namespace;
  readonly Service: Service;
  readonly ServiceImport: ServiceImport;
  readonly Secret: Secret;
  readonly ConfigMap: ConfigMap;
  readonly ClusterTrustBundle: ClusterTrustBundle;
  readonly EndpointSlice: EndpointSlice;
  readonly Pod: Pod;
  readonly CustomResourceDefinition: CustomResourceDefinition;
}

export type KnownKind = keyof Kinds;

/** The resources as they are now. */
export class World {
  private readonly objects = new Map<ResourceKey, Resource>();
  /** Object → its groups. */
  private readonly groups = new ReverseIndex();
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
  route(key: ResourceKey): AnyRoute | undefined {
    this.reads++;
    return this.objects.get(key) as AnyRoute | undefined;
  }

  /** Of any kind that has a status with ancestors. */
  policy(key: ResourceKey): BackendTLSPolicy | XBackendTrafficPolicy | XBackend | undefined {
    this.reads++;
    return this.objects.get(key) as BackendTLSPolicy | XBackendTrafficPolicy | XBackend | undefined;
  }

  object(key: ResourceKey): Resource | undefined {
    this.reads++;
    return this.objects.get(key);
  }

  /** Returns the groups that the object was or is in. */
  put(key: ResourceKey, object: Resource | undefined): ReadonlySet<Group> {
    if (object === undefined) this.objects.delete(key);
    else this.objects.set(key, object);
    const before = this.groups.targets(key);
    const after = new Set(object === undefined ? [] : groupsOf(object));
    this.groups.set(key, after);
    return before.union(after);
  }

  /** `kind` must be the kind of the group's members. */
  *members<Kind extends KnownKind>(kind: Kind, group: Group): Generator<Kinds[Kind]> {
    for (const key of this.groups.owners(group)) {
      const member = this.at(kind, key);
      if (member !== undefined) yield member;
    }
  }

  /** The label with the name holds also where nobody wrote the Namespace down. */
  namespaceLabels(name: string): Labels {
    return { [NAME_LABEL]: name, ...this.get("Namespace", "", name)?.metadata.labels };
  }
}
