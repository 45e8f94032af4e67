import type { Condition } from "../resources/condition.ts";
import type { ListenerWanted } from "../resources/wanted-status.ts";

/** A listener that the proxies could not bind. */
export interface Failure {
  /** Key of the program's listener. */
  readonly listener: string;
  /** As the system names it: `EADDRINUSE`, `EACCES` ... */
  readonly code: string;
  readonly message: string;
}

export type Failures = ReadonlyMap<string, Failure>;

/** The port is somebody else's, or not for us: the listener cannot be accepted as it is. */
const portCodes: ReadonlySet<string> = new Set(["EADDRINUSE", "EACCES"]);
/** The address is not one of this machine's. */
const addressCode = "EADDRNOTAVAIL";

export function failureOf(listener: ListenerWanted, failures: Failures): Failure | undefined {
  return listener.programKey === undefined ? undefined : failures.get(listener.programKey);
}

export function listenerWithFailure(condition: Condition, { code, message }: Failure): Condition {
  if (condition.type === "Accepted" && portCodes.has(code)) {
    return { ...condition, status: "False", reason: "PortUnavailable", message };
  }
  if (condition.type === "Programmed") return { ...condition, status: "False", reason: "Invalid", message };
  return condition;
}

/** Why nothing of an object is served when none of its listeners could be bound. */
export type UnservedReason = (failed: readonly Failure[]) => string;

export const gatewayUnserved: UnservedReason = (failed) =>
  failed.some(({ code }) => code === addressCode) ? "AddressNotUsable" : "Invalid";

export const setUnserved: UnservedReason = (failed) =>
  failed.some(({ code }) => portCodes.has(code)) ? "PortUnavailable" : "Invalid";

/** What failed listeners mean for their Gateway or ListenerSet: it stands as long as one of them does. */
export function parentWithFailures(
  condition: Condition,
  listeners: readonly ListenerWanted[],
  failures: Failures,
  unserved: UnservedReason,
): Condition {
  const failed = listeners.flatMap((listener) => failureOf(listener, failures) ?? []);
  if (failed.length === 0 || condition.status !== "True") return condition;
  const refused = listeners.filter((listener) => !isAccepted(listener, failures)).map((one) => one.name);
  if (condition.type === "Accepted" && refused.length > 0)
    return listenersNotValid(condition, listeners, refused);
  if (condition.type !== "Programmed") return condition;
  const bound = listeners.filter((listener) => listener.programKey !== undefined);
  if (failed.length < bound.length) return condition;
  const reason = unserved(failed);
  const message = [...new Set(failed.map((failure) => failure.message))].join("; ");
  return { ...condition, status: "False", reason, message };
}

function listenersNotValid(
  condition: Condition,
  listeners: readonly ListenerWanted[],
  refused: readonly string[],
): Condition {
  const reason = "ListenersNotValid";
  const message = `Not accepted: ${refused.join(", ")}`;
  return { ...condition, status: refused.length < listeners.length ? "True" : "False", reason, message };
}

function isAccepted(listener: ListenerWanted, failures: Failures): boolean {
  const failure = failureOf(listener, failures);
  if (failure !== undefined && portCodes.has(failure.code)) return false;
  return listener.conditions.some((one) => one.type === "Accepted" && one.status === "True");
}
