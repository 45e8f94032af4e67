import type { Backend } from "../program/program.ts";
import type { Resource } from "../resources/resource.ts";
import { proxyPortsInvalid } from "./condition/gateway.ts";
import { proxyVersionInvalid } from "./condition/reference.ts";
import type { Problem } from "./problem.ts";

/** On a Gateway: the ports where connections begin with a PROXY header, which says whom they come from. */
const ACCEPT_ANNOTATION = "gatewright.dev/accept-proxy-protocol";
/** On a Service: the version of the header that connections to it begin with. */
export const SPEAK_ANNOTATION = "gatewright.dev/proxy-protocol";

/** Ports of TCP as they stand in specs. */
export type ProxyPorts = "all" | ReadonlySet<number>;

const lastPort = 65_535;

/**
 * Ports that no listener has are none of this one's business: ListenerSets come and go, and must not take the Gateway with them. With
 * anything that is no port the Gateway is refused: a header that is taken for the client's own words, or the other way round, is a lie about
 * who the client is.
 */
export function acceptedPorts({ metadata }: Resource): { ports: ProxyPorts; problem?: Problem } {
  const value = metadata.annotations[ACCEPT_ANNOTATION];
  if (value === undefined) return { ports: new Set() };
  if (value.trim() === "*") return { ports: "all" };
  const words = value.split(",").map((word) => word.trim());
  const wrong = words.find((word) => !/^[1-9]\d{0,4}$/.test(word) || Number(word) > lastPort);
  if (wrong !== undefined) return { ports: new Set(), problem: proxyPortsInvalid(ACCEPT_ANNOTATION, value) };
  return { ports: new Set(words.map(Number)) };
}

export function includesPort(ports: ProxyPorts, port: number): boolean {
  return ports === "all" || ports.has(port);
}

const versions: ReadonlyMap<string, NonNullable<Backend["proxyProtocol"]>> = new Map([
  ["v1", 1],
  ["v2", 2],
]);

/** Neither when the Service says nothing of it. `what` names the Service. */
export function spokenVersion(
  { metadata }: Resource,
  what: string,
): { readonly version?: NonNullable<Backend["proxyProtocol"]>; readonly problem?: Problem } {
  const value = metadata.annotations[SPEAK_ANNOTATION];
  if (value === undefined) return {};
  const version = versions.get(value);
  return version === undefined
    ? { problem: proxyVersionInvalid(what, SPEAK_ANNOTATION, value) }
    : { version };
}
