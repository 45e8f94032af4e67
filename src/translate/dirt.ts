import { equalValues } from "../resources/equality.ts";
import type { ListenerSet } from "../resources/gateway/listener-set.ts";
import { GATEWAY_GROUP } from "../resources/gateway/reference.ts";
import { resourceKey, type Resource, type ResourceChange, type ResourceKey } from "../resources/resource.ts";
import type { Group } from "./groups.ts";
import { SPEAK_ANNOTATION } from "./proxy-protocol.ts";
import { ReverseIndex } from "./reverse-index.ts";
import type { KnownKind, World } from "./world.ts";

/** Who refers to whom, so that a change finds what it concerns without looking at anything else. */
export class Indexes {
  /** GatewayClass → all that its translation looked at. */
  readonly classSights = new ReverseIndex();
  /** Gateway → its GatewayClass. */
  readonly classes = new ReverseIndex();
  /** ListenerSet → the Gateway that it names. */
  readonly sets = new ReverseIndex();
  /** Route → all that its translation looked at. */
  readonly sights = new ReverseIndex();
  /** Gateway → all that its translation looked at. */
  readonly gatewaySights = new ReverseIndex();
  /** Key of a backend → all that its translation looked at. */
  readonly backendSights = new ReverseIndex();
  /** Policy or XBackend → all that its status was made of. */
  readonly policySights = new ReverseIndex();
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
  /** Policies and XBackends, which have nothing but a status of their own. */
  readonly policies = new Set<ResourceKey>();
  /** Gateways and ListenerSets that are as they were, but for their status. */
  readonly parentStatuses = new Set<ResourceKey>();
}

interface Change {
  readonly key: ResourceKey;
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
  /** That the object was or is in. */
  readonly groups: Iterable<Group>;
}

type Spread = (change: Change, indexes: Indexes, dirt: Dirt) => void;

/** Takes one change into the world and marks what it concerns. A change that changes nothing marks nothing. */
export function ingest(change: ResourceChange, world: World, indexes: Indexes, dirt: Dirt): void {
  const { key, object: after } = change;
  const kind = key.slice(0, key.indexOf("/"));
  if (!isKnown(kind)) return;
  const before = world.object(key);
  if (equalValues(before, after)) return;
  const groups = world.put(key, after);
  if (before !== undefined && after !== undefined && isSame(before, after, telling[kind])) return;
  spreads[kind]({ key, before, after, groups }, indexes, dirt);
}

type Path = readonly string[];

/** Parts of objects that anybody looks at, where that is not all of them: a change of the others concerns nobody. */
const telling: Readonly<Partial<Record<KnownKind, readonly Path[]>>> = {
  ReferenceGrant: [["spec"]],
  Namespace: [["metadata", "labels"]],
  Service: [["spec"], ["metadata", "annotations", SPEAK_ANNOTATION]],
  ServiceImport: [["spec"], ["metadata", "annotations", SPEAK_ANNOTATION]],
  Secret: [["type"], ["data"]],
  ConfigMap: [["data"], ["binaryData"]],
  ClusterTrustBundle: [["spec"]],
  CustomResourceDefinition: [["metadata", "annotations"]],
  Pod: [
    ["metadata", "labels"],
    ["metadata", "deletionTimestamp"],
    ["status", "conditions"],
    ["status", "podIPs"],
    ["status", "podIP"],
  ],
};

function isSame(before: Resource, after: Resource, parts: readonly Path[] | undefined): boolean {
  return parts?.every((path) => equalValues(partOf(before, path), partOf(after, path))) === true;
}

function partOf(object: Resource, path: Path): unknown {
  let part: unknown = object;
  for (const name of path) part = (part as Readonly<Record<string, unknown>> | undefined)?.[name];
  return part;
}

/** Whoever has looked at the object, or at one of its groups. */
const toOnlookers: Spread = ({ key, groups }, indexes, dirt) => {
  markOnlookers(key, indexes, dirt);
  for (const group of groups) markOnlookers(group, indexes, dirt);
};

/** What has a status of its own, too. */
const toOnlookersAndItself: Spread = (change, indexes, dirt) => {
  dirt.policies.add(change.key);
  toOnlookers(change, indexes, dirt);
};

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
  TLSRoute: ({ key }, _indexes, dirt) => dirt.routes.add(key),
  TCPRoute: ({ key }, _indexes, dirt) => dirt.routes.add(key),
  UDPRoute: ({ key }, _indexes, dirt) => dirt.routes.add(key),
  ReferenceGrant: toOnlookers,
  BackendTLSPolicy: toOnlookersAndItself,
  XBackend: toOnlookersAndItself,
  XBackendTrafficPolicy: toOnlookersAndItself,
  Namespace: toOnlookers,
  Service: toOnlookers,
  ServiceImport: toOnlookers,
  Secret: toOnlookers,
  ConfigMap: toOnlookers,
  ClusterTrustBundle: toOnlookers,
  EndpointSlice: toOnlookers,
  CustomResourceDefinition: toOnlookers,
  Pod: toOnlookers,
};

function isKnown(kind: string): kind is KnownKind {
  return Object.hasOwn(spreads, kind);
}

/** Those whose translation has looked at something, which may be the name of a group. */
function markOnlookers(seen: string, indexes: Indexes, dirt: Dirt): void {
  mark(indexes.classSights.owners(seen), dirt.classes);
  mark(indexes.sights.owners(seen), dirt.routes);
  mark(indexes.gatewaySights.owners(seen), dirt.gateways);
  mark(indexes.backendSights.owners(seen), dirt.backends);
  mark(indexes.policySights.owners(seen), dirt.policies);
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
