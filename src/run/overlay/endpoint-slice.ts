import { isIP } from "node:net";
import { SERVICE_NAME_LABEL, type EndpointSlice } from "../../resources/core/endpoint-slice.ts";
import type { Service, ServicePort } from "../../resources/core/service.ts";
import type { HostPort } from "../host-port.ts";

/** Name of the Service that a slice belongs to; undefined when it says none. */
export function ownerOf(slice: EndpointSlice): string | undefined {
  return slice.metadata.labels[SERVICE_NAME_LABEL];
}

/** One port of a Service, played by one endpoint. */
export function makeSlice(service: Service, port: ServicePort, target: HostPort): EndpointSlice {
  const { name, namespace, creationTimestamp } = service.metadata;
  const { protocol } = port;
  // Both transports may have the number.
  const suffix = protocol === "TCP" ? "" : `-${protocol.toLowerCase()}`;
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${name}-gatewright-${port.port}${suffix}`,
      namespace,
      creationTimestamp,
      generation: 1,
      labels: { [SERVICE_NAME_LABEL]: name },
      annotations: {},
    },
    addressType: addressTypes[isIP(target.host)] ?? "FQDN",
    endpoints: [{ addresses: [target.host], conditions: { ready: true } }],
    ports: [{ name: port.name ?? "", protocol, port: target.port }],
  };
}

/** By the answer of `isIP`. */
const addressTypes: Readonly<Record<number, "IPv4" | "IPv6">> = { 4: "IPv4", 6: "IPv6" };

/** The slice without those ports; undefined when none is left. */
export function withoutPorts(slice: EndpointSlice, names: ReadonlySet<string>): EndpointSlice | undefined {
  const left = slice.ports.filter((port) => !names.has(port.name));
  if (left.length === slice.ports.length) return slice;
  return left.length === 0 ? undefined : { ...slice, ports: left };
}
