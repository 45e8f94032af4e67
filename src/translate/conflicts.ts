import type { GatewayListener } from "../resources/gateway/gateway.ts";
import { hostnameConflict, protocolConflict } from "./condition/listener.ts";
import { normalHostname } from "./hostname.ts";
import type { Problem } from "./problem.ts";

/**
 * Listeners of one Gateway that cannot be told apart: "the implementation does not pick one winning
 * listener" (Gateway API, `GatewaySpec.listeners`), so all of them are conflicted. By listener name.
 */
export function findConflicts(specs: readonly GatewayListener[]): ReadonlyMap<string, Problem> {
  const conflicts = new Map<string, Problem>();
  const report = (group: readonly GatewayListener[], problem: (names: readonly string[]) => Problem) => {
    if (group.length < 2) return;
    const names = group.map((spec) => spec.name);
    for (const name of names) if (!conflicts.has(name)) conflicts.set(name, problem(names));
  };
  for (const onPort of groupBy(specs, (spec) => String(spec.port)).values()) {
    const known = onPort.filter((spec) => layers.has(spec.protocol));
    if (new Set(known.map((spec) => layers.get(spec.protocol))).size > 1) report(known, protocolConflict);
    const same = groupBy(onPort, (spec) => `${spec.protocol} ${normalHostname(spec.hostname)}`);
    for (const group of same.values()) report(group, hostnameConflict);
  }
  return conflicts;
}

/**
 * What the first bytes of a connection say; protocols of different layers cannot share a port. HTTPS and
 * TLS can: both begin with a ClientHello and are told apart by its server name. TCP is not served, and then
 * it is refused alone and takes no other listener along ("If an implementation does not support TCP Protocol
 * Listeners, then the previous rule does not apply", `GatewaySpec.listeners`).
 */
const layers: ReadonlyMap<string, "plain" | "tls"> = new Map([
  ["HTTP", "plain"],
  ["HTTPS", "tls"],
  ["TLS", "tls"],
]);

function groupBy<Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
