import { isDeepStrictEqual } from "node:util";
import type { EndpointSlice } from "../../resources/core/endpoint-slice.ts";
import {
  keyOf,
  resourceKey,
  type Resource,
  type ResourceChange,
  type ResourceKey,
} from "../../resources/resource.ts";
import type { Service, ServicePort } from "../../resources/core/service.ts";
import type { HostPort } from "../host-port.ts";
import type { ObjectFault } from "../object-fault.ts";
import type { BackendOption } from "../options.ts";
import { makeSlice, ownerOf, withoutPorts } from "./endpoint-slice.ts";
import { type Overrides, portList, portsOf, readAnnotations, refuseAnnotations } from "./overrides.ts";

export interface PlayedServicesOptions {
  /** From the command line; they go before annotations. */
  readonly backends: readonly BackendOption[];
  /** Who writes the resources owns this machine, too: their annotations may lead anywhere on it. */
  readonly followsAnnotations: boolean;
  /** Starts an echo server for a port of a Service, or finds the one that runs; absent: no echo. */
  readonly openEcho?: (port: EchoPort) => Promise<HostPort>;
  /** RFC 3339, the age of Services that only the command line knows. */
  readonly created: string;
}

export interface EchoPort {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  /** Absent with TCP. */
  readonly protocol?: "UDP";
  /** Of the Service, if it has one. */
  readonly clusterIP?: string;
}

/** A port of a Service that something on this machine stands in for. */
export interface Played extends EchoPort {
  readonly by: "echo" | "--backend" | "annotation";
  readonly target: HostPort;
}

/**
 * Who answers for a Service, port by port: the target that the user named (`--backend`, annotation), else the
 * Service's own EndpointSlices, else, when none of them has an endpoint, the echo server. The translator gets
 * to see EndpointSlices that say so; slices that were overruled are hidden.
 */
export class PlayedServices {
  private readonly options: PlayedServicesOptions;
  private readonly commanded = new Map<ResourceKey, Map<number, BackendOption>>();
  private readonly services = new Map<ResourceKey, Service>();
  private readonly slices = new Map<ResourceKey, Map<ResourceKey, EndpointSlice>>();
  private readonly sliceOwners = new Map<ResourceKey, ResourceKey>();
  private readonly shown = new Map<ResourceKey, ReadonlyMap<ResourceKey, Resource>>();
  private readonly playedByService = new Map<ResourceKey, readonly Played[]>();
  private readonly faultsByService = new Map<ResourceKey, readonly string[]>();
  private isFirst = true;

  constructor(options: PlayedServicesOptions) {
    this.options = options;
    for (const backend of options.backends) {
      const key = resourceKey("Service", backend.namespace, backend.service);
      const ports = this.commanded.get(key) ?? new Map<number, BackendOption>();
      this.commanded.set(key, ports.set(backend.servicePort, backend));
    }
  }

  get played(): readonly Played[] {
    return [...this.playedByService.values()].flat();
  }

  get faults(): readonly ObjectFault[] {
    return [...this.faultsByService].flatMap(([service, messages]) =>
      messages.map((message) => ({ object: service, message })),
    );
  }

  /** The changes as the translator shall see them. */
  async apply(changes: readonly ResourceChange[]): Promise<readonly ResourceChange[]> {
    const touched = new Set<ResourceKey>(this.isFirst ? this.commanded.keys() : []);
    this.isFirst = false;
    const others = changes.filter((change) => !this.note(change, touched));
    const own: ResourceChange[] = [];
    for (const key of touched) own.push(...(await this.cast(key)));
    return [...others, ...own];
  }

  /** True when the change is about a Service or its endpoints. */
  private note({ key, object }: ResourceChange, touched: Set<ResourceKey>): boolean {
    if (key.startsWith("Service/")) {
      if (object === undefined) this.services.delete(key);
      else this.services.set(key, object as Service);
      touched.add(key);
      return true;
    }
    if (!key.startsWith("EndpointSlice/")) return false;
    const slice = object as EndpointSlice | undefined;
    const before = this.sliceOwners.get(key);
    // A slice of nobody is nobody's business, but it may have had an owner.
    const owner = slice && resourceKey("Service", slice.metadata.namespace, ownerOf(slice) ?? "");
    for (const service of [before, owner]) if (service !== undefined) touched.add(service);
    if (before !== undefined) this.slices.get(before)?.delete(key);
    if (slice === undefined || owner === undefined) {
      this.sliceOwners.delete(key);
    } else {
      this.sliceOwners.set(key, owner);
      this.slices.set(owner, (this.slices.get(owner) ?? new Map()).set(key, slice));
    }
    return true;
  }

  /** Decides who plays a Service and gives what the translator has not seen yet. */
  private async cast(key: ResourceKey): Promise<readonly ResourceChange[]> {
    const commanded = this.commanded.get(key) ?? new Map<number, BackendOption>();
    const service = this.services.get(key) ?? inventService(commanded, this.options.created);
    const slices = [...(this.slices.get(key)?.values() ?? [])];
    const played = service === undefined ? [] : await this.findPlayers(service, commanded, slices);
    const shown = new Map<ResourceKey, Resource>();
    if (service !== undefined) shown.set(key, service);
    const overruled = new Set(played.map(({ port }) => port.name ?? ""));
    for (const slice of slices) {
      const left = withoutPorts(slice, overruled);
      if (left !== undefined) shown.set(keyOf(left), left);
    }
    for (const { slice } of played) shown.set(keyOf(slice), slice);
    this.remember(
      this.playedByService,
      key,
      played.map((one) => one.played),
    );
    this.remember(this.faultsByService, key, service === undefined ? [] : this.faultsOf(service, commanded));
    const before = this.shown.get(key) ?? new Map<ResourceKey, Resource>();
    if (shown.size === 0) this.shown.delete(key);
    else this.shown.set(key, shown);
    return difference(before, shown);
  }

  private overridesOf(service: Service): Overrides {
    return this.options.followsAnnotations ? readAnnotations(service) : refuseAnnotations(service);
  }

  private faultsOf(service: Service, commanded: ReadonlyMap<number, BackendOption>): readonly string[] {
    const ports = portsOf(service);
    const missing = [...commanded.keys()].filter((port) => !ports.includes(port));
    return [
      ...this.overridesOf(service).faults,
      ...missing.map((port) => `--backend names port ${port}: the Service has ${portList(ports)}`),
    ];
  }

  private async findPlayers(
    service: Service,
    commanded: ReadonlyMap<number, BackendOption>,
    slices: readonly EndpointSlice[],
  ): Promise<
    readonly { readonly port: ServicePort; readonly slice: EndpointSlice; readonly played: Played }[]
  > {
    const { targets } = this.overridesOf(service);
    const { openEcho } = this.options;
    // "ExternalName SHOULD NOT be followed" (Gateway API, `HTTPBackendRef`): there is no part to play.
    const isDeserted =
      service.spec.type !== "ExternalName" && !slices.some((slice) => slice.endpoints.length > 0);
    const players = [];
    const { clusterIP } = service.spec;
    const hasAddress = clusterIP !== undefined && clusterIP !== "" && clusterIP !== "None";
    for (const port of service.spec.ports) {
      if (port.protocol === "SCTP") continue;
      const { namespace, name } = service.metadata;
      const transport = port.protocol === "UDP" && { protocol: port.protocol };
      const part: EchoPort = { namespace, service: name, port: port.port, ...transport };
      const option = commanded.get(port.port);
      const annotated = targets.get(port.port);
      let played: Played;
      if (option !== undefined) {
        played = { ...part, by: "--backend", target: { host: option.host, port: option.port } };
      } else if (annotated !== undefined) played = { ...part, by: "annotation", target: annotated };
      else if (isDeserted && openEcho !== undefined) {
        const place = { ...part, ...(hasAddress && { clusterIP }) };
        played = { ...place, by: "echo", target: await openEcho(place) };
      } else continue;
      players.push({ port, slice: makeSlice(service, port, played.target), played });
    }
    return players;
  }

  private remember<Entry>(
    map: Map<ResourceKey, readonly Entry[]>,
    key: ResourceKey,
    entries: readonly Entry[],
  ): void {
    if (entries.length === 0) map.delete(key);
    else map.set(key, entries);
  }
}

/** A Service that only the command line knows. */
function inventService(commanded: ReadonlyMap<number, BackendOption>, created: string): Service | undefined {
  const [first] = commanded.values();
  if (first === undefined) return undefined;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: first.service,
      namespace: first.namespace,
      creationTimestamp: created,
      generation: 1,
      labels: {},
      annotations: {},
    },
    spec: {
      type: "ClusterIP",
      sessionAffinity: "None",
      ports: [...commanded.keys()].map((port) => ({ name: `port-${port}`, port, protocol: "TCP" })),
    },
  };
}

function difference(
  before: ReadonlyMap<ResourceKey, Resource>,
  after: ReadonlyMap<ResourceKey, Resource>,
): readonly ResourceChange[] {
  const changes: ResourceChange[] = [];
  for (const key of before.keys()) if (!after.has(key)) changes.push({ key });
  for (const [key, object] of after) {
    if (!isDeepStrictEqual(before.get(key), object)) changes.push({ key, object });
  }
  return changes;
}
