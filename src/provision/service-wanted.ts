import type { JsonObject } from "../resources/json.ts";
import { serviceName } from "./service-name.ts";

/** A Service that leads to a Gateway. */
export interface ServiceWanted {
  readonly gateway: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly gatewayClass: string;
  /** 0 for the first of a Gateway; further ones have names of their own. */
  readonly ordinal: number;
  /** The one that it must have; absent: any. */
  readonly clusterIP?: string;
  /** Of the Gateway's `spec.infrastructure`, as the annotations: ours win over them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** A Service has at least one: without ports there is none. */
  readonly ports: readonly PortWanted[];
  /** IP address that the EndpointSlice names. */
  readonly address: string;
}

export interface PortWanted {
  readonly name: string;
  readonly transport: "TCP" | "UDP";
  /** Where clients in the cluster ask. */
  readonly port: number;
  /** What is bound at the address. */
  readonly targetPort: number;
}

/** What a Service and its EndpointSlice share. */
export interface PairName {
  readonly namespace: string;
  readonly name: string;
}

export function pairNameOf({ gateway, gatewayClass, ordinal }: ServiceWanted): PairName {
  return { namespace: gateway.namespace, name: serviceName(gateway.name, gatewayClass, ordinal) };
}

/** The name of the field manager, and of ours wherever Kubernetes asks who manages an object. */
export const MANAGER = "gatewright.dev";
export const MANAGED_BY = "app.kubernetes.io/managed-by";
export const ORDINAL = "gatewright.dev/ordinal";

export function metaOf(object: JsonObject): JsonObject {
  return object["metadata"] as JsonObject;
}
