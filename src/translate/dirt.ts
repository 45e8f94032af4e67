import { SERVICE_NAME_LABEL, type EndpointSlice } from "../resources/core/endpoint-slice.ts";
import { equalValues } from "../resources/equality.ts";
import type { ListenerSet } from "../resources/gateway/listener-set.ts";
import { GATEWAY_GROUP } from "../resources/gateway/reference.ts";
import { resourceKey, type Resource, type ResourceChange, type ResourceKey } from "../resources/resource.ts";
import type { Secret } from "../resources/core/secret.ts";
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
  /** ListenerSet → the Gateway that it names. */
  readonly sets = new ReverseIndex();
  /** Gateway → all that its translation looked at. */
  readonly gatewaySights = new ReverseIndex();
  /** Gateway → keys of the certificates that its listeners show. */
  readonly certificates = new ReverseIndex();
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
  /** Gateways and ListenerSets that are as they were, but for their status. */
  readonly parentStatuses = new Set<ResourceKey>();
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
  ListenerSet: ({ key, before, after }, indexes, dirt) => {
    const parents = [before, after].flatMap((set) => parentOf(set as ListenerSet | undefined) ?? []);
    const present = after && parentOf(after as ListenerSet);
    indexes.sets.set(key, new Set(present === undefined ? [] : [present]));
    mark(parents, dirt.gateways);
  },
  HTTPRoute: ({ key }, _indexes, dirt) => dirt.routes.add(key),
  GRPCRoute: ({ key }, _indexes, dirt) => dirt.routes.add(key),
  ReferenceGrant: ({ before, after }, indexes, dirt) => {
    const namespace = (after ?? before)?.metadata.namespace ?? "";
    markOnlookers(grantsKey(namespace), indexes, dirt);
  },
  Namespace: ({ key, before, after }, indexes, dirt) => {
    if (equalValues(before?.metadata.labels ?? {}, after?.metadata.labels ?? {})) return;
    markOnlookers(key, indexes, dirt);
  },
  Secret: ({ key, before, after }, indexes, dirt) => {
    const [old, now] = [before as Secret | undefined, after as Secret | undefined];
    if (old?.type === now?.type && equalValues(old?.data, now?.data)) return;
    markOnlookers(key, indexes, dirt);
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

function markOnlookers(key: string, indexes: Indexes, dirt: Dirt): void {
  mark(indexes.sights.owners(key), dirt.routes);
  mark(indexes.gatewaySights.owners(key), dirt.gateways);
}

function mark(keys: Iterable<string>, dirty: Set<string>): void {
  for (const key of keys) dirty.add(key);
}

/** Undefined when it is no Gateway. */
function parentOf(set: ListenerSet | undefined): ResourceKey | undefined {
  if (set === undefined) return undefined;
  const { group, kind, namespace = set.metadata.namespace, name } = set.spec.parentRef;
  return group === GATEWAY_GROUP && kind === "Gateway" ? resourceKey("Gateway", namespace, name) : undefined;
}

function serviceOf(slice: EndpointSlice | undefined): ResourceKey | undefined {
  const name = slice?.metadata.labels[SERVICE_NAME_LABEL];
  return slice === undefined || name === undefined
    ? undefined
    : resourceKey("Service", slice.metadata.namespace, name);
}
