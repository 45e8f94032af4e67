import type { Listener } from "../program/program.ts";
import type { GatewayListener } from "../resources/gateway/gateway.ts";
import type { RouteKind } from "../resources/wanted-status.ts";
import { grpcRouteKind, httpRouteKind, tcpRouteKind, tlsRouteKind, udpRouteKind } from "./route-form.ts";

/** Ports of the two are different ports, though they have the same numbers. */
export type Transport = "TCP" | "UDP";

/** What the protocol of a listener comes to. */
export interface ListenerForm {
  readonly protocol: Listener["protocol"];
  readonly transport: Transport;
  /**
   * What arrives first and tells listeners of one port apart: a request, a ClientHello with its server name, or anything at all. Listeners
   * that differ in it cannot share a port.
   */
  readonly opening: "request" | "client hello" | "anything";
  /** TLS ends here, with certificates to show. */
  readonly isTerminating: boolean;
  /** What arrives goes on as it is, be it TLS or nothing that TLS could be put around: never more TLS than it has. */
  readonly isPassthrough: boolean;
  /** Kinds of routes that can serve it. */
  readonly kinds: readonly RouteKind[];
}

const tcp = { transport: "TCP", isTerminating: false, isPassthrough: false } as const;

const forms: Readonly<Record<Exclude<Listener["protocol"], "TLS">, ListenerForm>> = {
  HTTP: { ...tcp, protocol: "HTTP", opening: "request", kinds: [httpRouteKind, grpcRouteKind] },
  HTTPS: {
    ...tcp,
    protocol: "HTTPS",
    opening: "client hello",
    isTerminating: true,
    kinds: [httpRouteKind, grpcRouteKind],
  },
  TCP: { ...tcp, protocol: "TCP", opening: "anything", kinds: [tcpRouteKind] },
  UDP: {
    transport: "UDP",
    protocol: "UDP",
    opening: "anything",
    isTerminating: false,
    isPassthrough: true,
    kinds: [udpRouteKind],
  },
};

/** What is inside TLS that ends here may go anywhere; of what goes on, the server name is all that is known. */
const tlsForms: Readonly<Record<"Terminate" | "Passthrough", ListenerForm>> = {
  Terminate: {
    ...tcp,
    protocol: "TLS",
    opening: "client hello",
    isTerminating: true,
    kinds: [tlsRouteKind, tcpRouteKind],
  },
  Passthrough: {
    ...tcp,
    protocol: "TLS",
    opening: "client hello",
    isPassthrough: true,
    kinds: [tlsRouteKind],
  },
};

/** Undefined when the protocol is not served. */
export function listenerForm({ protocol, tls }: GatewayListener): ListenerForm | undefined {
  if (protocol === "TLS") return tlsForms[tls?.mode ?? "Terminate"];
  return Object.hasOwn(forms, protocol) ? forms[protocol as keyof typeof forms] : undefined;
}

/** A protocol that is not served takes up a port of TCP like most. */
export function transportOf(spec: GatewayListener): Transport {
  return listenerForm(spec)?.transport ?? "TCP";
}
