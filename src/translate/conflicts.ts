import type { GatewayListener } from "../resources/gateway/gateway.ts";
import { conflictWithEarlier, hostnameConflict, protocolConflict } from "./condition/listener.ts";
import { normalHostname } from "./hostname.ts";
import type { Problem } from "./problem.ts";

type Conflicts = ReadonlyMap<string, Problem>;

/**
 * Listeners of one object that cannot be told apart: "the implementation MUST NOT pick one conflicting Listener
 * as the winner" (Gateway API, `GatewaySpec.listeners`), so all of them are conflicted. By listener name.
 */
function findConflicts(specs: readonly GatewayListener[]): Conflicts {
  const conflicts = new Map<string, Problem>();
  const report = (group: readonly GatewayListener[], problem: (names: readonly string[]) => Problem) => {
    if (group.length < 2) return;
    const names = group.map((spec) => spec.name);
    for (const name of names) if (!conflicts.has(name)) conflicts.set(name, problem(names));
  };
  for (const onPort of Map.groupBy(specs, (spec) => spec.port).values()) {
    const known = onPort.filter((spec) => layers.has(spec.protocol));
    if (new Set(known.map((spec) => layers.get(spec.protocol))).size > 1) report(known, protocolConflict);
    const same = Map.groupBy(onPort, identityOf);
    for (const group of same.values()) report(group, hostnameConflict);
  }
  return conflicts;
}

/**
 * Listeners of several objects under one Gateway, which come in the order of precedence: "parent" Gateway,
 * then ListenerSets by age, then by name (`ListenerSetSpec.listeners`). What an earlier object has, a later one
 * does not get; what it is that the other has is none of its business.
 */
export class EarlierListeners {
  private readonly layersByPort = new Map<number, Set<Layer>>();
  private readonly identities = new Set<string>();

  /** Conflicts of one more object, with itself and with the earlier ones, by listener name. */
  add(specs: readonly GatewayListener[]): Conflicts {
    const conflicts = new Map(findConflicts(specs));
    for (const spec of specs) {
      const problem = conflicts.has(spec.name) ? undefined : this.conflictOf(spec);
      if (problem !== undefined) conflicts.set(spec.name, problem);
    }
    for (const spec of specs) if (!conflicts.has(spec.name)) this.hold(spec);
    return conflicts;
  }

  /** The Gateway's own, which are in the way even where they are in each other's. */
  addOwn(specs: readonly GatewayListener[]): Conflicts {
    for (const spec of specs) this.hold(spec);
    return findConflicts(specs);
  }

  private conflictOf(spec: GatewayListener): Problem | undefined {
    const layer = spec.protocol === "TCP" ? "raw" : layers.get(spec.protocol);
    const held = this.layersByPort.get(spec.port);
    if (layer !== undefined && held?.isSubsetOf(new Set([layer])) === false)
      return conflictWithEarlier("ProtocolConflict");
    return this.identities.has(identityOf(spec)) ? conflictWithEarlier("HostnameConflict") : undefined;
  }

  private hold(spec: GatewayListener): void {
    const layer = layers.get(spec.protocol);
    if (layer === undefined) return;
    const held = this.layersByPort.get(spec.port);
    if (held === undefined) this.layersByPort.set(spec.port, new Set([layer]));
    else held.add(layer);
    this.identities.add(identityOf(spec));
  }
}

type Layer = "plain" | "tls" | "raw";

/**
 * What the first bytes of a connection say; protocols of different layers cannot share a port. HTTPS and
 * TLS can: both begin with a ClientHello and are told apart by its server name. TCP is not served, and then
 * it is refused alone and takes no other listener along ("If an implementation does not support TCP Protocol
 * Listeners, then the previous rule does not apply", `GatewaySpec.listeners`).
 */
const layers: ReadonlyMap<string, Layer> = new Map([
  ["HTTP", "plain"],
  ["HTTPS", "tls"],
  ["TLS", "tls"],
]);

function identityOf({ port, protocol, hostname }: GatewayListener): string {
  return `${port} ${protocol} ${normalHostname(hostname)}`;
}
