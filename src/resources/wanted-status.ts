import type { Condition } from "./condition.ts";
import type { ParentReference } from "./gateway/reference.ts";
import type { ResourceKey } from "./resource.ts";

export type { ParentReference } from "./gateway/reference.ts";

/** What translate wants to stand in an object's status, and what status writes once the proxies have it. */
export type WantedStatus =
  | GatewayClassWanted
  | GatewayWanted
  | ListenerSetWanted
  | RouteWanted
  | PolicyWanted
  | RemovedStatus;

/** The object is gone, or is not ours any more. */
export interface RemovedStatus {
  readonly kind: "Removed";
  readonly key: ResourceKey;
}

export interface GatewayClassWanted {
  readonly kind: "GatewayClass";
  readonly key: ResourceKey;
  readonly conditions: readonly Condition[];
  /** Sorted. */
  readonly supportedFeatures: readonly string[];
}

/**
 * `Programmed` is True here when nothing in the resources stands against it; it is written as True only
 * after the proxies have acknowledged `version`.
 */
export interface GatewayWanted {
  readonly kind: "Gateway";
  readonly key: ResourceKey;
  /** Version of the program that must be acknowledged before `Programmed` may be True. */
  readonly version: number;
  readonly addresses: readonly WantedAddress[];
  /** How many ListenerSets are accepted. */
  readonly attachedListenerSets: number;
  readonly conditions: readonly Condition[];
  readonly listeners: readonly ListenerWanted[];
}

/** `version` and `Programmed` as for Gateways. */
export interface ListenerSetWanted {
  readonly kind: "ListenerSet";
  readonly key: ResourceKey;
  readonly version: number;
  readonly conditions: readonly Condition[];
  readonly listeners: readonly ListenerWanted[];
}

export interface WantedAddress {
  readonly type: "IPAddress";
  readonly value: string;
  /** GEP-5093: `""` for no promise; absent where the server does not keep the field. */
  readonly routability?: string;
}

export interface ListenerWanted {
  readonly name: string;
  /** Key of the program's listener, absent when the listener is not served. */
  readonly programKey?: string;
  readonly supportedKinds: readonly RouteKind[];
  readonly attachedRoutes: number;
  readonly conditions: readonly Condition[];
}

export interface RouteKind {
  readonly group: string;
  readonly kind: string;
}

export interface RouteWanted {
  readonly kind: "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute" | "UDPRoute";
  readonly key: ResourceKey;
  /** One per parentRef that is ours, in the order of the route; never empty. */
  readonly parents: readonly ParentWanted[];
}

export interface ParentWanted {
  readonly parentRef: ParentReference;
  readonly controllerName: string;
  readonly conditions: readonly Condition[];
}

export interface PolicyWanted {
  readonly kind: "BackendTLSPolicy" | "XBackendTrafficPolicy" | "XBackend";
  readonly key: ResourceKey;
  /** The Gateways that are ours and send requests to what the object is for; never empty. */
  readonly ancestors: readonly AncestorWanted[];
}

export interface AncestorWanted {
  readonly ancestorRef: ParentReference;
  readonly controllerName: string;
  readonly conditions: readonly Condition[];
}
