import type { GatewayListener } from "../resources/gateway/gateway.ts";
import { conflictWithEarlier, hostnameConflict, protocolConflict } from "./condition/listener.ts";
import { normalHostname } from "./hostname.ts";
import type { Problem } from "./problem.ts";
import { listenerForm, type ListenerForm } from "./protocol.ts";

type Conflicts = ReadonlyMap<string, Problem>;

/** What decides whether a listener can be told from others. One whose protocol is not served is in nobody's way. */
interface Claim {
  readonly name: string;
  readonly protocol: string;
  /** Where it is the only one, or is told apart by hostname. */
  readonly port: string;
  readonly opening: ListenerForm["opening"];
  readonly hostname: string;
}

function claimsOf(specs: readonly GatewayListener[]): readonly Claim[] {
  return specs.flatMap((spec) => {
    const form = listenerForm(spec);
    if (form === undefined) return [];
    const { transport, opening, protocol } = form;
    const hostname = normalHostname(spec.hostname);
    return { name: spec.name, protocol, port: `${transport} ${spec.port}`, opening, hostname };
  });
}

function canShare(a: ListenerForm["opening"], b: ListenerForm["opening"]): boolean {
  return a === b && a !== "anything";
}

/**
 * Listeners of one object that cannot be told apart: "the implementation MUST NOT pick one conflicting Listener
 * as the winner" (Gateway API, `GatewaySpec.listeners`), so all of them are conflicted. By listener name.
 */
function findConflicts(claims: readonly Claim[]): Conflicts {
  const conflicts = new Map<string, Problem>();
  const report = (group: readonly Claim[], problem: (names: readonly string[]) => Problem) => {
    const names = group.map(({ name }) => name);
    for (const name of names) if (!conflicts.has(name)) conflicts.set(name, problem(names));
  };
  for (const onPort of Map.groupBy(claims, ({ port }) => port).values()) {
    if (onPort.length < 2) continue;
    const [first, ...others] = onPort;
    if (others.some(({ opening }) => !canShare(first!.opening, opening))) report(onPort, protocolConflict);
    for (const same of Map.groupBy(onPort, ({ hostname }) => hostname).values()) {
      if (same.length < 2) continue;
      // HTTPS and TLS: the server name would lead to either of them.
      const isMixed = new Set(same.map(({ protocol }) => protocol)).size > 1;
      report(same, isMixed ? protocolConflict : hostnameConflict);
    }
  }
  return conflicts;
}

/**
 * Listeners of several objects under one Gateway, which come in the order of precedence: "parent" Gateway,
 * then ListenerSets by age, then by name (`ListenerSetSpec.listeners`). What an earlier object has, a later one
 * does not get; what it is that the other has is none of its business.
 */
export class EarlierListeners {
  private readonly openings = new Map<string, Set<ListenerForm["opening"]>>();
  /** Port and hostname → protocols. */
  private readonly protocols = new Map<string, Set<string>>();

  /**
   * Conflicts of one more object, with the earlier ones and with itself, by listener name. What an earlier object keeps out is
   * in the way of nobody of its own.
   */
  add(specs: readonly GatewayListener[]): Conflicts {
    const conflicts = new Map<string, Problem>();
    const left: Claim[] = [];
    for (const claim of claimsOf(specs)) {
      const problem = this.conflictOf(claim);
      if (problem === undefined) left.push(claim);
      else conflicts.set(claim.name, problem);
    }
    for (const [name, problem] of findConflicts(left)) conflicts.set(name, problem);
    for (const claim of left) if (!conflicts.has(claim.name)) this.hold(claim);
    return conflicts;
  }

  /** The Gateway's own, which are in the way even where they are in each other's. */
  addOwn(specs: readonly GatewayListener[]): Conflicts {
    const claims = claimsOf(specs);
    for (const claim of claims) this.hold(claim);
    return findConflicts(claims);
  }

  private conflictOf({ port, opening, hostname, protocol }: Claim): Problem | undefined {
    for (const held of this.openings.get(port) ?? [])
      if (!canShare(held, opening)) return conflictWithEarlier("ProtocolConflict");
    const held = this.protocols.get(placeOf(port, hostname));
    if (held === undefined) return undefined;
    return conflictWithEarlier(held.has(protocol) ? "HostnameConflict" : "ProtocolConflict");
  }

  private hold({ port, opening, hostname, protocol }: Claim): void {
    note(this.openings, port, opening);
    note(this.protocols, placeOf(port, hostname), protocol);
  }
}

function placeOf(port: string, hostname: string): string {
  return `${port} ${hostname}`;
}

function note<Value>(map: Map<string, Set<Value>>, key: string, value: Value): void {
  const held = map.get(key);
  if (held === undefined) map.set(key, new Set([value]));
  else held.add(value);
}
