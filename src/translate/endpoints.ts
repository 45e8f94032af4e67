import type { Endpoint } from "../program/program.ts";
import type { Endpoint as SliceEndpoint, EndpointSlice } from "../resources/core/endpoint-slice.ts";
import type { Pod } from "../resources/core/pod.ts";
import type { XBackend } from "../resources/gateway/x-backend.ts";
import type { BackendPort } from "./backends.ts";
import { podsWith } from "./groups.ts";
import { selects } from "./selector.ts";
import type { Sight } from "./sight.ts";

/**
 * The endpoints behind a Service port: those that are ready; while there are none, those that still serve
 * though they are shutting down, as kube-proxy does it. Each once, sorted.
 */
export function serviceEndpoints(
  port: BackendPort,
  slices: Iterable<EndpointSlice>,
  { barred }: Sight,
): readonly Endpoint[] {
  const ready: Endpoint[] = [];
  const leaving: Endpoint[] = [];
  for (const slice of slices) {
    const number = slicePort(slice, port);
    if (number === undefined) continue;
    for (const endpoint of slice.endpoints) {
      const list = isReady(endpoint) ? ready : isLeaving(endpoint) ? leaving : undefined;
      if (list === undefined) continue;
      // Whoever writes a slice writes names that resolve as they like. One without a dot is none of them: kube-apiserver and ours refuse
      // it, and it comes from the command line.
      for (const host of endpoint.addresses) {
        const isForeign = slice.addressType === "FQDN" && host.includes(".");
        list.push({ host, port: number, ...(isForeign && { barred }) });
      }
    }
  }
  return distinct(ready.length > 0 ? ready : leaving);
}

/** The host of an XBackend, or its pods as far as they are ready. */
export function xBackendEndpoints({ metadata, spec }: XBackend, sight: Sight): readonly Endpoint[] {
  const port = spec.port.number;
  if (port === undefined) return [];
  const { hostname } = spec.externalHostname ?? {};
  if (hostname !== undefined) {
    // What the name says is not where it leads.
    return isOutside(hostname) ? [{ host: hostname.toLowerCase(), port, barred: sight.barred }] : [];
  }
  const { matchLabels = {} } = spec.endpointSelector ?? {};
  const [label] = Object.keys(matchLabels).toSorted();
  if (label === undefined) return [];
  const endpoints: Endpoint[] = [];
  for (const pod of sight.members("Pod", podsWith(metadata.namespace, label, matchLabels[label]!))) {
    if (!selects({ matchLabels }, pod.metadata.labels) || !isPodReady(pod)) continue;
    const host = pod.status?.podIP ?? pod.status?.podIPs?.[0]?.ip;
    if (host !== undefined && host !== "") endpoints.push({ host, port });
  }
  return distinct(endpoints);
}

/**
 * Whether a host may be outside the cluster, as far as its name says: no address, no name of this machine or of the
 * cluster, and not where clouds give out credentials. Whoever may write one could reach what only the proxy reaches,
 * as with Services of type ExternalName (CVE-2021-25740).
 */
export function isOutside(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, "");
  const last = name.slice(name.lastIndexOf(".") + 1);
  if (last === name || /^(\d+|0x[0-9a-f]*)$/.test(last)) return false;
  return !inside.has(last) && !name.endsWith(".cluster.local") && name !== "metadata.google.internal";
}

const inside: ReadonlySet<string> = new Set(["localhost", "localdomain", "svc"]);

function isPodReady({ metadata, status }: Pod): boolean {
  if ("deletionTimestamp" in metadata) return false;
  return (status?.conditions ?? []).some((one) => one.type === "Ready" && one.status === "True");
}

/** Ports of a slice are those of the pods; the name of the Service's port is what ties the two together. */
function slicePort(slice: EndpointSlice, port: BackendPort): number | undefined {
  const { name = "", protocol = "TCP" } = port;
  const found = slice.ports.find((one) => one.name === name && one.protocol === protocol);
  if (found === undefined) return undefined;
  // A slice may leave the number open ("ports are not restricted"); then the Service's own word counts.
  return found.port ?? (typeof port.targetPort === "number" ? port.targetPort : port.port);
}

/** An unknown state "should be interpreted as ready" (EndpointConditions). */
function isReady({ conditions }: SliceEndpoint): boolean {
  return conditions.ready !== false && conditions.terminating !== true;
}

function isLeaving({ conditions }: SliceEndpoint): boolean {
  return conditions.terminating === true && conditions.serving !== false;
}

function distinct(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const byName = new Map(endpoints.map((endpoint) => [`${endpoint.host} ${endpoint.port}`, endpoint]));
  return [...byName.keys()].toSorted().map((name) => byName.get(name)!);
}
