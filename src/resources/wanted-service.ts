import type { ResourceKey } from "./resource.ts";

/** What translate wants to stand in the cluster for a Gateway, and what provision writes. */
export interface GatewayServices {
  /** Of the Gateway. */
  readonly key: ResourceKey;
  /** All that it has; empty: it has none any more. */
  readonly services: readonly ServiceWanted[];
}

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
