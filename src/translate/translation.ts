import type { ResourceKey } from "../resources/resource.ts";
import type { WantedStatus } from "../resources/wanted-status.ts";
import type { ProgramChange } from "../program/change.ts";

/** Where a Gateway's listeners are bound. Decided outside (translate has no IO), per Gateway. */
export interface Placement {
  /** Key of the Gateway. */
  readonly gateway: ResourceKey;
  /** IP address; absent = the Gateway has lost its address. */
  readonly address?: string;
  /** Added to every port of the Gateway that is below 1024: 8000 makes 80 to 8080 and 443 to 8443. */
  readonly portOffset: number;
}

/** What one call of `Translator.apply` brought: only what differs from before. */
export interface Translation {
  readonly change: ProgramChange;
  readonly statuses: readonly WantedStatus[];
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
