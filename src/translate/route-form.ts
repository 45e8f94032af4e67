import type { Backend, Rule } from "../program/program.ts";
import type { GRPCRoute } from "../resources/gateway/grpc-route.ts";
import type { HTTPRouteFilter } from "../resources/gateway/http-filter.ts";
import type { HTTPBackendRef, HTTPRoute } from "../resources/gateway/http-route.ts";
import { GATEWAY_GROUP } from "../resources/gateway/reference.ts";
import type { SessionPersistence } from "../resources/gateway/session-persistence.ts";
import type { RouteKind } from "../resources/wanted-status.ts";
import { grpcRule } from "./grpc-rule.ts";
import { httpRule } from "./http-rule.ts";
import type { MatchResult } from "./matches.ts";

export type AnyRoute = HTTPRoute | GRPCRoute;

/** A rule in words that all kinds of routes have in common. */
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
export interface RouteForm {
  readonly kind: RouteKind;
  /** What backends are spoken to in, whatever the client speaks; absent where their Service says it. */
  readonly protocol?: NonNullable<Backend["protocol"]>;
  readonly rules: readonly RuleForm[];
}

export const httpRouteKind: RouteKind = { group: GATEWAY_GROUP, kind: "HTTPRoute" };
export const grpcRouteKind: RouteKind = { group: GATEWAY_GROUP, kind: "GRPCRoute" };

export function formOf(route: AnyRoute): RouteForm {
  if (route.kind === "HTTPRoute") return { kind: httpRouteKind, rules: route.spec.rules.map(httpRule) };
  const rules = (route.spec.rules ?? []).map(grpcRule);
  return { kind: grpcRouteKind, protocol: "HTTP2", rules };
}
