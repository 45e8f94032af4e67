import type { Condition } from "../../resources/condition.ts";
import type { WrittenStatus } from "../../status/status.ts";
import type { Fault } from "./event.ts";

/** Conditions that are bad news when they are True; all others are when they are not. */
const negative: ReadonlySet<string> = new Set([
  "Conflicted",
  "PartiallyInvalid",
  "OverlappingTLSConfig",
  "InsecureFrontendValidationMode",
]);

/** The conditions of an object that are not as one wishes them. */
export function faultsOf(written: WrittenStatus): readonly Fault[] {
  const [, namespace, name] = written.key.split("/");
  const subject = `${written.kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
  if (written.kind === "GatewayClass") return pick(subject, written.status.conditions);
  if (written.kind === "Gateway" || written.kind === "ListenerSet") {
    return [
      ...pick(subject, written.status.conditions),
      ...written.status.listeners.flatMap((one) => pick(`${subject}, listener ${one.name}`, one.conditions)),
    ];
  }
  if ("ancestors" in written.status) {
    // Of all Gateways alike: it is the policy that is at fault.
    return pick(subject, written.status.ancestors[0]?.conditions ?? []);
  }
  return written.status.parents.flatMap(({ parentRef, conditions }) => {
    const section = parentRef.sectionName === undefined ? "" : `/${parentRef.sectionName}`;
    return pick(`${subject}, parent ${parentRef.name}${section}`, conditions);
  });
}

function pick(subject: string, conditions: readonly Condition[]): readonly Fault[] {
  return conditions
    .filter(isFault)
    .map(({ type, status, reason, message }) => ({ subject, type, status, reason, message }));
}

function isFault({ type, status, reason }: Condition): boolean {
  if (negative.has(type)) return status === "True";
  // Accepted as a whole, but not all of it: the reason says that some listeners are not.
  return status !== "True" || (type === "Accepted" && reason === "ListenersNotValid");
}

/** One name for a fault, the same as long as it says the same. */
export function faultName({ subject, type, status, reason, message }: Fault): string {
  return JSON.stringify([subject, type, status, reason, message]);
}
