import type { Backend, Endpoint } from "../program/program.ts";
import type { Endpoint as SliceEndpoint, EndpointSlice } from "../resources/core/endpoint-slice.ts";
import type { Service, ServicePort } from "../resources/core/service.ts";
import { findServicePort, type BackendTarget } from "./backends.ts";

/**
 * The endpoints behind a Service port: those that are ready; while there are none, those that still serve
 * though they are shutting down, as kube-proxy does it. Each once, sorted.
 */
export function translateBackend(
  target: BackendTarget,
  service: Service | undefined,
  slices: Iterable<EndpointSlice>,
): Backend {
  const port = service && findServicePort(service, target.port);
  const { key, protocol } = target;
  const common = { key, ...(protocol !== undefined && { protocol }) };
  if (port === undefined) return { ...common, endpoints: [] };
  const ready: Endpoint[] = [];
  const leaving: Endpoint[] = [];
  for (const slice of slices) {
    const number = slicePort(slice, port);
    if (number === undefined) continue;
    for (const endpoint of slice.endpoints) {
      const list = isReady(endpoint) ? ready : isLeaving(endpoint) ? leaving : undefined;
      if (list !== undefined) for (const host of endpoint.addresses) list.push({ host, port: number });
    }
  }
  return { ...common, endpoints: distinct(ready.length > 0 ? ready : leaving) };
}

/** Ports of a slice are those of the pods; the name of the Service's port is what ties the two together. */
function slicePort(slice: EndpointSlice, port: ServicePort): number | undefined {
  const found = slice.ports.find((one) => one.name === (port.name ?? "") && one.protocol === "TCP");
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
