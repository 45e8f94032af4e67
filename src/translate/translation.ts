import type { ResourceKey } from "../resources/resource.ts";
import type { GatewayServices } from "../resources/wanted-service.ts";
import type { WantedStatus } from "../resources/wanted-status.ts";
import type { ProgramChange } from "../program/change.ts";

/** What a Gateway is given to be bound to. Decided outside (translate has no IO), per Gateway. */
export interface Placement {
  /** Key of the Gateway. */
  readonly gateway: ResourceKey;
  /** Absent: it has none any more. */
  readonly place?: Place;
}

export interface Place {
  /** IP addresses of this machine, in canonical form: whoever has the same text shares the ports. What a Gateway does not ask for is not bound. */
  readonly addresses: readonly string[];
  /** Added to every port of the Gateway that is below 1024: 8000 makes 80 to 8080 and 443 to 8443. */
  readonly portOffset: number;
  /** The way in from a cluster, by Services with a ClusterIP. */
  readonly cluster?: ClusterPlace;
}

export interface ClusterPlace {
  /** IP address of this machine that the Services lead to. */
  readonly address: string;
  /** By port of the listeners, as `TCP 80`: the port that is bound for it there. */
  readonly ports: Readonly<Record<string, number>>;
  /** Ports of the address that all `ports` are of: no listener is bound to one of them by its own number. Absent: none. */
  readonly kept?: PortRange;
  /** Of the Gateway's Services, by their ordinals; "" of one that has none by now. */
  readonly clusterIPs: readonly string[];
}

/** Both ends belong to it. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** What one call of `Translator.apply` brought: only what differs from before. */
export interface Translation {
  readonly change: ProgramChange;
  readonly statuses: readonly WantedStatus[];
  readonly services: readonly GatewayServices[];
  /** How many objects of each sort were translated anew. Tests count it: an edit must cost what it touches. */
  readonly work: Work;
}

export interface Work {
  gatewayClasses: number;
  gateways: number;
  routes: number;
  backends: number;
  /** Policies and XBackends whose status was looked at. */
  policies: number;
  /** Resources that were looked at on the way: a scan shows here. */
  reads: number;
}
