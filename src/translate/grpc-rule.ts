import type { PathMatch } from "../program/program.ts";
import type { GRPCRouteMatch, GRPCRouteRule } from "../resources/gateway/grpc-route.ts";
import { anything, checkMatch, headerMatches, patternFault, type MatchResult } from "./matches.ts";
import type { RuleForm } from "./route-form.ts";

/** A gRPC call is an HTTP request to `/SERVICE/METHOD`, so a rule for calls is one for such paths. */
export function grpcRule(spec: GRPCRouteRule): RuleForm {
  const matches = spec.matches ?? [];
  return {
    ...(spec.name !== undefined && { name: spec.name }),
    // "If no matches are specified, the implementation MUST match every gRPC request" (`GRPCRouteRule.matches`).
    matches: matches.length === 0 ? [{ match: anything }] : matches.map(translateMatch),
    filters: spec.filters ?? [],
    backendRefs: spec.backendRefs ?? [],
    settings: {},
    persistence: spec.sessionPersistence,
  };
}

function translateMatch({ method, headers }: GRPCRouteMatch): MatchResult {
  for (const pattern of method?.type === "RegularExpression" ? [method.service, method.method] : []) {
    // Each by itself: `a)|(b` is no expression, and must not become one between the parentheses below.
    const fault = pattern === undefined ? undefined : patternFault(pattern);
    if (fault !== undefined) return { fault };
  }
  return checkMatch({ path: callPath(method), headers: headerMatches(headers), query: [] });
}

const anyPart = "[^/]+";

/**
 * `GRPCMethodMatch`: "If left empty or omitted, will match any". An exact service and method go before a service
 * alone, as "characters in a matching service", then "in a matching method" have it.
 */
function callPath(spec: GRPCRouteMatch["method"]): PathMatch {
  const { type, service = "", method = "" } = spec ?? {};
  if (service === "" && method === "") return anything.path;
  if (type === "RegularExpression") {
    return { type, value: `/${group(service)}/${group(method)}` };
  }
  if (method === "") return { type: "PathPrefix", value: `/${service}` };
  if (service === "") return { type: "GRPCMethod", value: method };
  return { type: "Exact", value: `/${service}/${method}` };
}

function group(pattern: string): string {
  return pattern === "" ? anyPart : `(?:${pattern})`;
}
