import type { Gateway } from "../resources/gateway/gateway.ts";
import type { ListenerSet } from "../resources/gateway/listener-set.ts";
import { keyOf, type ResourceKey } from "../resources/resource.ts";
import type { BoundPorts } from "./bound-ports.ts";
import { setNotAllowed } from "./condition/listener-set.ts";
import type { EarlierListeners } from "./conflicts.ts";
import { translateListeners, type GatewaySettings, type ListenerModel } from "./listeners.ts";
import type { Problem } from "./problem.ts";
import { transportOf } from "./protocol.ts";
import { selectorFault, selects } from "./selector.ts";
import type { Sight } from "./sight.ts";

/** A ListenerSet under the Gateway that it names. */
export interface ListenerSetModel {
  readonly key: ResourceKey;
  readonly namespace: string;
  readonly generation: number;
  /** Why the Gateway does not take it; then it has no listeners. */
  readonly problem?: Problem;
  readonly listeners: readonly ListenerModel[];
}

/** The next one in the order of precedence. */
export function translateListenerSet(
  set: ListenerSet,
  gateway: Gateway,
  settings: GatewaySettings,
  earlier: EarlierListeners,
  ports: BoundPorts,
  sight: Sight,
): ListenerSetModel {
  const { namespace, name, generation } = set.metadata;
  const common = { key: keyOf(set), namespace, generation };
  if (!isAllowed(namespace, gateway, sight)) return { ...common, problem: setNotAllowed, listeners: [] };
  const { listeners } = set.spec;
  const prefix = `${gateway.metadata.namespace}/${gateway.metadata.name}/${namespace}/${name}`;
  const conflicts = earlier.add(listeners);
  const placed = listeners.filter(({ name: listener }) => !conflicts.has(listener));
  ports.add(placed.map((spec) => ({ transport: transportOf(spec), port: spec.port })));
  const home = { kind: "ListenerSet", namespace, prefix, listeners, gateway: settings } as const;
  return { ...common, listeners: translateListeners(home, conflicts, ports, sight) };
}

/** Of a selector that cannot be evaluated nobody knows whom it allows: nobody. */
function isAllowed(namespace: string, { metadata, spec }: Gateway, sight: Sight): boolean {
  const { from, selector } = spec.allowedListeners?.namespaces ?? { from: "None" };
  if (from === "All") return true;
  if (from === "Same") return namespace === metadata.namespace;
  if (from !== "Selector" || selector === undefined || selectorFault(selector) !== undefined) return false;
  return selects(selector, sight.namespaceLabels(namespace));
}
