import type { Rule } from "../program/program.ts";
import type { GRPCRoute } from "../resources/gateway/grpc-route.ts";
import type { HTTPRouteFilter } from "../resources/gateway/http-filter.ts";
import type { HTTPBackendRef, HTTPRoute } from "../resources/gateway/http-route.ts";
import { GATEWAY_GROUP } from "../resources/gateway/reference.ts";
import type { StreamRule } from "../resources/gateway/stream-rule.ts";
import type { TCPRoute } from "../resources/gateway/tcp-route.ts";
import type { TLSRoute } from "../resources/gateway/tls-route.ts";
import type { UDPRoute } from "../resources/gateway/udp-route.ts";
import type { SessionPersistence } from "../resources/gateway/session-persistence.ts";
import type { RouteKind } from "../resources/wanted-status.ts";
import { grpcRule } from "./grpc-rule.ts";
import { httpRule } from "./http-rule.ts";
import type { MatchResult } from "./matches.ts";

/** Routes that look into requests. */
export type HTTPLikeRoute = HTTPRoute | GRPCRoute;
/** Routes that look at connections and flows as a whole. */
export type StreamRoute = TLSRoute | TCPRoute | UDPRoute;
export type AnyRoute = HTTPLikeRoute | StreamRoute;

/** A rule in words that all kinds of routes that look into requests have in common. */
export interface RuleForm {
  readonly name?: string;
  /** Never empty. */
  readonly matches: readonly MatchResult[];
  readonly filters: readonly HTTPRouteFilter[];
  readonly backendRefs: readonly HTTPBackendRef[];
  readonly settings: Pick<Rule, "requestTimeout" | "backendRequestTimeout" | "retry">;
  /** Sessions on each of the backends; deprecated here, an XBackend says it itself. */
  readonly persistence: SessionPersistence | undefined;
}

/** What the kinds of routes differ in; all else that is done with routes is the same for all of them. */
export type RouteForm = HTTPForm | StreamForm;

export interface HTTPForm {
  readonly kind: RouteKind;
  /** What backends are spoken to in, whatever the client speaks; absent where their Service says it. */
  readonly protocol?: "HTTP2";
  readonly rules: readonly RuleForm[];
}

export interface StreamForm {
  readonly kind: RouteKind;
  readonly protocol: "TCP" | "UDP";
  readonly streamRules: readonly StreamRule[];
}

const kindOf = (kind: AnyRoute["kind"]): RouteKind => ({ group: GATEWAY_GROUP, kind });

export const httpRouteKind = kindOf("HTTPRoute");
export const grpcRouteKind = kindOf("GRPCRoute");
export const tlsRouteKind = kindOf("TLSRoute");
export const tcpRouteKind = kindOf("TCPRoute");
export const udpRouteKind = kindOf("UDPRoute");

export function formOf({ kind, spec }: AnyRoute): RouteForm {
  switch (kind) {
    case "HTTPRoute":
      return { kind: httpRouteKind, rules: spec.rules.map(httpRule) };
    case "GRPCRoute":
      return { kind: grpcRouteKind, protocol: "HTTP2", rules: (spec.rules ?? []).map(grpcRule) };
    case "TLSRoute":
      return { kind: tlsRouteKind, protocol: "TCP", streamRules: spec.rules };
    case "TCPRoute":
      return { kind: tcpRouteKind, protocol: "TCP", streamRules: spec.rules };
    case "UDPRoute":
      return { kind: udpRouteKind, protocol: "UDP", streamRules: spec.rules };
  }
}

/** Absent in kinds that name no hosts. */
export function hostnamesOf({ spec }: AnyRoute): readonly string[] {
  return "hostnames" in spec ? (spec.hostnames ?? []) : [];
}
