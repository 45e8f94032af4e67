import { SERVICE_NAME_LABEL, type EndpointSlice } from "../resources/core/endpoint-slice.ts";
import { equalValues } from "../resources/equality.ts";
import { resourceKey, type Resource, type ResourceChange, type ResourceKey } from "../resources/resource.ts";
import type { Service } from "../resources/core/service.ts";
import { ReverseIndex } from "./reverse-index.ts";
import { grantsKey } from "./sight.ts";
import type { KnownKind, World } from "./world.ts";

/** Who refers to whom, so that a change finds what it concerns without looking at anything else. */
export class Indexes {
  /** Gateway → its GatewayClass. */
  readonly classes = new ReverseIndex();
  /** Route → all that its translation looked at. */
  readonly sights = new ReverseIndex();
  /** EndpointSlice → its Service. */
  readonly slices = new ReverseIndex();
  /** Route → keys of the backends it sends requests to. */
  readonly uses = new ReverseIndex();
  /** Key of a backend that is in use → its Service. */
  readonly backends = new ReverseIndex();
  /** Route → keys of the listeners that count it. */
  readonly counts = new ReverseIndex();
}

/** What has to be translated anew. */
export class Dirt {
  readonly classes = new Set<ResourceKey>();
  readonly gateways = new Set<ResourceKey>();
  readonly routes = new Set<ResourceKey>();
  /** Keys of backends. */
  readonly backends = new Set<string>();
  /** Gateways that are as they were, but for their status. */
  readonly gatewayStatuses = new Set<ResourceKey>();
}

interface Change {
  readonly key: ResourceKey;
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
}

type Spread = (change: Change, indexes: Indexes, dirt: Dirt) => void;

/** Takes one change into the world and marks what it concerns. A change that changes nothing marks nothing. */
export function ingest(change: ResourceChange, world: World, indexes: Indexes, dirt: Dirt): void {
  const { key, object: after } = change;
  const kind = key.slice(0, key.indexOf("/"));
  if (!isKnown(kind)) return;
  const before = world.object(key);
  if (equalValues(before, after)) return;
  world.put(key, after);
  spreads[kind]({ key, before, after }, indexes, dirt);
}

const spreads: Readonly<Record<KnownKind, Spread>> = {
  GatewayClass: ({ key }, _indexes, dirt) => dirt.classes.add(key),
  Gateway: ({ key }, _indexes, dirt) => dirt.gateways.add(key),
  HTTPRoute: ({ key }, _indexes, dirt) => dirt.routes.add(key),
  ReferenceGrant: ({ before, after }, indexes, dirt) => {
    const namespace = (after ?? before)?.metadata.namespace ?? "";
    mark(indexes.sights.owners(grantsKey(namespace)), dirt.routes);
  },
  Namespace: ({ key, before, after }, indexes, dirt) => {
    if (equalValues(before?.metadata.labels ?? {}, after?.metadata.labels ?? {})) return;
    mark(indexes.sights.owners(key), dirt.routes);
  },
  Service: ({ key, before, after }, indexes, dirt) => {
    if (equalValues((before as Service | undefined)?.spec, (after as Service | undefined)?.spec)) return;
    mark(indexes.sights.owners(key), dirt.routes);
    mark(indexes.backends.owners(key), dirt.backends);
  },
  EndpointSlice: ({ key, before, after }, indexes, dirt) => {
    const services = [before, after].flatMap((slice) => serviceOf(slice as EndpointSlice | undefined) ?? []);
    const present = after && serviceOf(after as EndpointSlice);
    indexes.slices.set(key, new Set(present === undefined ? [] : [present]));
    for (const service of services) mark(indexes.backends.owners(service), dirt.backends);
  },
};

function isKnown(kind: string): kind is KnownKind {
  return Object.hasOwn(spreads, kind);
}

function mark(keys: Iterable<string>, dirty: Set<string>): void {
  for (const key of keys) dirty.add(key);
}

function serviceOf(slice: EndpointSlice | undefined): ResourceKey | undefined {
  const name = slice?.metadata.labels[SERVICE_NAME_LABEL];
  return slice === undefined || name === undefined
    ? undefined
    : resourceKey("Service", slice.metadata.namespace, name);
}
