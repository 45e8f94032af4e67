import type { WrittenCondition } from "../resources/condition.ts";
import type { ResourceKey } from "../resources/resource.ts";
import type { ParentReference } from "../resources/gateway/reference.ts";
import type { PolicyWanted, RouteKind, RouteWanted, WantedAddress } from "../resources/wanted-status.ts";

/**
 * The whole of our part of an object's status, as a user sees it in YAML; or that nothing of ours stands
 * there any more. Other controllers' entries and condition types are not ours to mention.
 */
export type StatusPatch = WrittenStatus | { readonly kind: "Removed"; readonly key: ResourceKey };

export type WrittenStatus =
  | { readonly kind: "GatewayClass"; readonly key: ResourceKey; readonly status: GatewayClassStatus }
  | { readonly kind: "Gateway"; readonly key: ResourceKey; readonly status: GatewayStatus }
  | { readonly kind: "ListenerSet"; readonly key: ResourceKey; readonly status: ListenerSetStatus }
  | { readonly kind: RouteWanted["kind"]; readonly key: ResourceKey; readonly status: RouteStatus }
  | { readonly kind: PolicyWanted["kind"]; readonly key: ResourceKey; readonly status: PolicyStatus };

export interface GatewayClassStatus {
  readonly conditions: readonly WrittenCondition[];
  readonly supportedFeatures: readonly { readonly name: string }[];
}

export interface GatewayStatus {
  readonly addresses: readonly WantedAddress[];
  readonly attachedListenerSets: number;
  readonly conditions: readonly WrittenCondition[];
  readonly listeners: readonly ListenerStatus[];
}

export interface ListenerSetStatus {
  readonly conditions: readonly WrittenCondition[];
  readonly listeners: readonly ListenerStatus[];
}

export interface ListenerStatus {
  readonly name: string;
  readonly supportedKinds: readonly RouteKind[];
  readonly attachedRoutes: number;
  readonly conditions: readonly WrittenCondition[];
}

export interface RouteStatus {
  readonly parents: readonly RouteParentStatus[];
}

export interface RouteParentStatus {
  readonly parentRef: ParentReference;
  readonly controllerName: string;
  readonly conditions: readonly WrittenCondition[];
}

export interface PolicyStatus {
  readonly ancestors: readonly PolicyAncestorStatus[];
}

export interface PolicyAncestorStatus {
  readonly ancestorRef: ParentReference;
  readonly controllerName: string;
  readonly conditions: readonly WrittenCondition[];
}
