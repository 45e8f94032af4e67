import { GATEWAY_GROUP, type ParentReference } from "../resources/gateway/reference.ts";
import {
  noMatchingListenerHostname,
  noMatchingParent,
  notAllowedByListeners,
  parentNotTaken,
} from "./condition/route.ts";
import { hostnamesIntersect, normalHostname } from "./hostname.ts";
import type { Problem } from "./problem.ts";
import type { ResourceKey } from "../resources/resource.ts";
import { hostnamesOf, type AnyRoute } from "./route-form.ts";
import { selects } from "./selector.ts";
import type { ListenerView, Sight } from "./sight.ts";

/** How a route stands to one parent of ours. */
export interface Attached {
  readonly parentRef: ParentReference;
  readonly controllerName: string;
  /** The Gateway itself, or that of the ListenerSet. */
  readonly gateway: ResourceKey;
  /** Key of the certificate that the Gateway shows to backends. */
  readonly clientCertificate?: string;
  /** Why the parent does not take the route; then there are no listeners. */
  readonly problem?: Problem;
  readonly listeners: readonly AttachedListener[];
}

export interface AttachedListener {
  readonly listener: ListenerView;
  /** The route's own hostnames that meet the listener's; `[""]` when the route has none. */
  readonly hostnames: readonly string[];
}

/** `status.parents` has room for no more (Gateway API, `RouteStatus.parents`). */
const mostParents = 32;

/** A route that looks for listeners. */
interface Seeker {
  readonly route: AnyRoute;
  /** Its own, in normal form, each once. */
  readonly hostnames: readonly string[];
}

/** How a route stands to all its parents that are ours: those that it names, and default Gateways that claim it. */
export function attachAll(route: AnyRoute, sight: Sight): readonly Attached[] {
  const { parentRefs = [], useDefaultGateways = "None" } = route.spec;
  const hostnames = [...new Set(hostnamesOf(route).map(normalHostname))];
  const seeker = { route, hostnames };
  const named = parentRefs.flatMap((ref) => attach(seeker, ref, sight) ?? []);
  if (useDefaultGateways === "None") return named;
  const claims = sight.defaultGateways().flatMap((key) => claim(seeker, key, sight) ?? []);
  return [...named, ...claims].slice(0, mostParents);
}

/**
 * What a default Gateway makes of a route, "subject to the usual Gateway API rules about which Routes may be
 * bound" (GEP-3793): one that cannot be bound is not claimed. A route that names the Gateway has said itself
 * what it wants of it.
 */
function claim(seeker: Seeker, gateway: ResourceKey, sight: Sight): Attached | undefined {
  const { route } = seeker;
  const [, namespace = "", name = ""] = gateway.split("/");
  const isNamed = (route.spec.parentRefs ?? []).some(
    (ref) =>
      ref.group === GATEWAY_GROUP &&
      ref.kind === "Gateway" &&
      ref.name === name &&
      (ref.namespace ?? route.metadata.namespace) === namespace,
  );
  if (isNamed) return undefined;
  const attached = attach(seeker, { group: GATEWAY_GROUP, kind: "Gateway", namespace, name }, sight);
  return attached?.problem === undefined ? attached : undefined;
}

/** Undefined when the parent is none of ours: that reference is somebody else's business. */
function attach({ route, hostnames: own }: Seeker, ref: ParentReference, sight: Sight): Attached | undefined {
  const { group, kind, namespace = route.metadata.namespace, name } = ref;
  if (group !== GATEWAY_GROUP || (kind !== "Gateway" && kind !== "ListenerSet")) return undefined;
  const view = sight.parent(kind, namespace, name);
  if (view === undefined) return undefined;
  const { controllerName, gateway, clientCertificate } = view;
  const certificate = clientCertificate !== undefined && { clientCertificate };
  const parent = { parentRef: ref, controllerName, gateway, ...certificate };
  if (view.listeners.length === 0) return { ...parent, problem: parentNotTaken, listeners: [] };

  const selected = view.listeners.filter((listener) => isSelected(listener, ref));
  if (selected.length === 0) return { ...parent, problem: noMatchingParent(kind), listeners: [] };
  const allowing = selected.filter((listener) => allows(listener, view.namespace, route, sight));
  if (allowing.length === 0) return { ...parent, problem: notAllowedByListeners, listeners: [] };
  const listeners = allowing
    .map((listener) => ({ listener, hostnames: sharedHostnames(own, listener) }))
    .filter(({ hostnames }) => hostnames.length > 0);
  if (listeners.length === 0) return { ...parent, problem: noMatchingListenerHostname, listeners: [] };
  return { ...parent, listeners };
}

function isSelected(listener: ListenerView, ref: ParentReference): boolean {
  if (ref.sectionName !== undefined && ref.sectionName !== listener.name) return false;
  return ref.port === undefined || ref.port === listener.port;
}

function allows(listener: ListenerView, homeNamespace: string, route: AnyRoute, sight: Sight): boolean {
  if (!listener.kinds.some(({ group, kind }) => group === GATEWAY_GROUP && kind === route.kind)) return false;
  const { namespaces } = listener;
  const { namespace } = route.metadata;
  if (namespaces.from === "All") return true;
  if (namespaces.from === "Same") return namespace === homeNamespace;
  return namespaces.from === "Selector" && selects(namespaces.selector, sight.namespaceLabels(namespace));
}

function sharedHostnames(own: readonly string[], listener: ListenerView): readonly string[] {
  if (own.length === 0) return [""];
  return own.filter((hostname) => hostnamesIntersect(hostname, listener.hostname));
}
