import type { Condition } from "../resources/condition.ts";
import type { GatewayWanted, ListenerSetWanted, ListenerWanted } from "../resources/wanted-status.ts";
import {
  failureOf,
  gatewayUnserved,
  listenerWithFailure,
  parentWithFailures,
  setUnserved,
  type Failures,
  type UnservedReason,
} from "./failure.ts";
import type { GatewayStatus, ListenerSetStatus, ListenerStatus } from "./patch.ts";
import { stamp } from "./stamp.ts";

export interface Progress {
  /** Newest version of the program that the proxies serve. */
  readonly version: number;
  readonly failures: Failures;
}

/**
 * A Gateway's status as far as the proxies have come.
 *
 * `Programmed` is a statement about the data plane, so it keeps describing what the data plane does: until
 * the wanted version is acknowledged it stays as it was written, `observedGeneration` included, which is how
 * a condition says that it speaks of an older spec. A Gateway or listener that was not Programmed before is
 * False/`Pending`. Bad news needs no acknowledgement and is written at once. The addresses go with
 * `Programmed`: whoever sees it True must be able to connect to them.
 */
export function renderGateway(
  wanted: GatewayWanted,
  before: GatewayStatus | undefined,
  progress: Progress,
  time: string,
): GatewayStatus {
  const parts = renderParts(wanted, before, progress, gatewayUnserved, time);
  const isHeld = wanted.version > progress.version && parts.conditions.some(isProgrammed);
  const rest = { attachedListenerSets: wanted.attachedListenerSets, listeners: parts.listeners };
  if (!isHeld || before === undefined) return { addresses: wanted.addresses, ...parts, ...rest };
  // What is said of the addresses goes with them.
  const said = before.conditions.find(isOfAddresses);
  const conditions = parts.conditions.flatMap((one) => (isOfAddresses(one) ? (said ?? []) : one));
  return { addresses: before.addresses, conditions, ...rest };
}

/** A ListenerSet's status, likewise: its listeners are bound with those of its Gateway. */
export function renderListenerSet(
  wanted: ListenerSetWanted,
  before: ListenerSetStatus | undefined,
  progress: Progress,
  time: string,
): ListenerSetStatus {
  return renderParts(wanted, before, progress, setUnserved, time);
}

function renderParts(
  wanted: GatewayWanted | ListenerSetWanted,
  before: ListenerSetStatus | undefined,
  { version, failures }: Progress,
  unserved: UnservedReason,
  time: string,
): ListenerSetStatus {
  const isCurrent = wanted.version <= version;
  const conditions = wanted.conditions.map((condition) => {
    const met = parentWithFailures(condition, wanted.listeners, failures, unserved);
    return hold(met, before?.conditions, isCurrent);
  });
  return {
    conditions: stamp(conditions, before?.conditions, time),
    listeners: wanted.listeners.map((listener) => {
      const written = before?.listeners.find((one) => one.name === listener.name);
      return renderListener(listener, written, failures, isCurrent, time);
    }),
  };
}

function isOfAddresses({ type }: Condition): boolean {
  return type === "AddressesAssigned";
}

function isProgrammed({ type, status }: Condition): boolean {
  return type === "Programmed" && status === "True";
}

function renderListener(
  wanted: ListenerWanted,
  before: ListenerStatus | undefined,
  failures: Failures,
  isCurrent: boolean,
  time: string,
): ListenerStatus {
  const failure = failureOf(wanted, failures);
  const conditions = wanted.conditions.map((condition) => {
    const met = failure === undefined ? condition : listenerWithFailure(condition, failure);
    return hold(met, before?.conditions, isCurrent);
  });
  return {
    name: wanted.name,
    supportedKinds: wanted.supportedKinds,
    attachedRoutes: wanted.attachedRoutes,
    conditions: stamp(conditions, before?.conditions, time),
  };
}

function hold(condition: Condition, before: readonly Condition[] | undefined, isCurrent: boolean): Condition {
  if (isCurrent || condition.type !== "Programmed" || condition.status !== "True") return condition;
  const written = before?.find(isProgrammed);
  if (written !== undefined) return written;
  return {
    ...condition,
    status: "False",
    reason: "Pending",
    message: "The proxies have not taken it over yet",
  };
}
