import type { JsonObject } from "../resources/json.ts";
import type { ServiceWanted } from "../resources/wanted-service.ts";
import { serviceName } from "./service-name.ts";

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
