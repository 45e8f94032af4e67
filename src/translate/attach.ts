import type { HTTPRoute } from "../resources/gateway/http-route.ts";
import { GATEWAY_GROUP, type ParentReference } from "../resources/gateway/reference.ts";
import { noMatchingListenerHostname, noMatchingParent, notAllowedByListeners } from "./condition/route.ts";
import { hostnamesIntersect, normalHostname } from "./hostname.ts";
import { httpRouteKind } from "./listeners.ts";
import type { Problem } from "./problem.ts";
import { selects } from "./selector.ts";
import type { ListenerView, Sight } from "./sight.ts";

/** How a route stands to one parent of ours. */
export interface Attached {
  readonly parentRef: ParentReference;
  readonly controllerName: string;
  /** Why the parent does not take the route; then there are no listeners. */
  readonly problem?: Problem;
  readonly listeners: readonly AttachedListener[];
}

export interface AttachedListener {
  readonly listener: ListenerView;
  /** The route's own hostnames that meet the listener's; `[""]` when the route has none. */
  readonly hostnames: readonly string[];
}

/** Undefined when the parent is no Gateway, or none of ours: that reference is somebody else's business. */
export function attach(route: HTTPRoute, ref: ParentReference, sight: Sight): Attached | undefined {
  if (ref.group !== GATEWAY_GROUP || ref.kind !== "Gateway") return undefined;
  const gateway = sight.gateway(ref.namespace ?? route.metadata.namespace, ref.name);
  if (gateway === undefined) return undefined;
  const parent = { parentRef: ref, controllerName: gateway.controllerName };

  const selected = gateway.listeners.filter((listener) => isSelected(listener, ref));
  if (selected.length === 0) return { ...parent, problem: noMatchingParent, listeners: [] };
  const allowing = selected.filter((listener) => allows(listener, gateway.namespace, route, sight));
  if (allowing.length === 0) return { ...parent, problem: notAllowedByListeners, listeners: [] };
  const listeners = allowing
    .map((listener) => ({ listener, hostnames: sharedHostnames(route, listener) }))
    .filter(({ hostnames }) => hostnames.length > 0);
  if (listeners.length === 0) return { ...parent, problem: noMatchingListenerHostname, listeners: [] };
  return { ...parent, listeners };
}

function isSelected(listener: ListenerView, ref: ParentReference): boolean {
  if (ref.sectionName !== undefined && ref.sectionName !== listener.name) return false;
  return ref.port === undefined || ref.port === listener.port;
}

function allows(listener: ListenerView, gatewayNamespace: string, route: HTTPRoute, sight: Sight): boolean {
  if (!listener.kinds.some((kind) => kind.kind === httpRouteKind.kind)) return false;
  const { namespaces } = listener;
  const { namespace } = route.metadata;
  if (namespaces.from === "All") return true;
  if (namespaces.from === "Same") return namespace === gatewayNamespace;
  return namespaces.from === "Selector" && selects(namespaces.selector, sight.namespaceLabels(namespace));
}

function sharedHostnames(route: HTTPRoute, listener: ListenerView): readonly string[] {
  const own = route.spec.hostnames ?? [];
  if (own.length === 0) return [""];
  const shared = own
    .map(normalHostname)
    .filter((hostname) => hostnamesIntersect(hostname, listener.hostname));
  return [...new Set(shared)];
}
