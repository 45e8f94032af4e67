import type { Gateway } from "../resources/gateway/gateway.ts";
import { CLUSTER_ROUTABILITY } from "../resources/gateway/routability.ts";
import { canonicalAddress } from "../std/ip-address.ts";
import type { PortWanted, ServiceWanted } from "../resources/wanted-service.ts";
import { isValid, settledListeners, type SettledGateway } from "./settle.ts";
import type { ClusterPlace } from "./translation.ts";

/**
 * The Services that lead to a Gateway from inside the cluster: one for each ClusterIP that it asks for, and one where it asks for none, which gives
 * it a name there. They carry the labels and annotations of `spec.infrastructure` (GEP-1867).
 */
export function wantedServices(
  { metadata: { namespace, name, uid }, spec }: Gateway,
  settled: SettledGateway,
  cluster: ClusterPlace | undefined,
): readonly ServiceWanted[] {
  const { problem, assignment } = settled.model;
  if (cluster === undefined || uid === undefined || problem !== undefined) return [];
  const requests = (spec.addresses ?? []).filter(({ routability }) => routability === CLUSTER_ROUTABILITY);
  // A Gateway that is not served because of its other addresses has nothing to lead to.
  if (requests.length === 0 && (assignment?.addresses ?? []).length === 0) return [];
  const ports = portsOf(settled, cluster);
  const { labels = {}, annotations = {} } = spec.infrastructure ?? {};
  const gateway = { namespace, name, uid };
  const common = { gateway, gatewayClass: spec.gatewayClassName, labels, annotations, ports };
  const values = requests.length === 0 ? [""] : requests.map(({ value = "" }) => value);
  return byOrdinal(values, cluster.clusterIPs).map((value, ordinal) => ({
    ...common,
    ordinal,
    address: cluster.address,
    ...(value !== "" && { clusterIP: value }),
  }));
}

/**
 * Shares out the requests among the Services, so that none waits for an address that another Service of this Gateway has, and one that will take
 * any keeps what there is: the order of `spec.addresses` has no meaning.
 * @param values Of the requests; `""`: any.
 * @param present What the Services have.
 */
function byOrdinal(values: readonly string[], present: readonly string[]): readonly string[] {
  const shared = new Map<number, string>();
  const waiting = new Set(values.keys());
  const place = (request: number, fits: (has: string) => boolean) => {
    const ordinal = values.keys().find((one) => !shared.has(one) && fits(present[one] ?? ""));
    if (ordinal === undefined) return;
    shared.set(ordinal, values[request]!);
    waiting.delete(request);
  };
  const named = values.map(canonicalAddress);
  for (const [request, value] of named.entries()) if (value !== "") place(request, (has) => has === value);
  for (const [request, value] of named.entries()) if (value === "") place(request, (has) => has !== "");
  for (const request of waiting) place(request, () => true);
  return [...values.keys()].map((ordinal) => shared.get(ordinal) ?? "");
}

/**
 * Of the listeners that are served, or would be if there were an address. Several can share one. While there is none, of all: without a port there
 * is no Service, and a Gateway whose certificate is gone for a moment would come back with another address.
 */
function portsOf(settled: SettledGateway, cluster: ClusterPlace): readonly PortWanted[] {
  const listeners = settledListeners(settled);
  const valid = listeners.filter(isValid);
  const ports = new Map<string, PortWanted>();
  for (const { model } of valid.length > 0 ? valid : listeners) {
    const { transport, port } = model;
    const targetPort = cluster.ports[`${transport} ${port}`];
    if (targetPort === undefined) continue;
    const name = `${transport.toLowerCase()}-${port}`;
    ports.set(name, { name, transport, port, targetPort });
  }
  return [...ports.values()];
}
