import type { Rule } from "../program/program.ts";
import { milliseconds } from "../resources/gateway/duration.ts";
import type { HTTPPathMatch, HTTPRouteMatch, HTTPRouteRule } from "../resources/gateway/http-route.ts";
import type { PathMatch } from "../program/program.ts";
import { anything, checkMatch, headerMatches, queryMatches, type MatchResult } from "./matches.ts";
import type { RuleForm } from "./route-form.ts";

export function httpRule(spec: HTTPRouteRule): RuleForm {
  return {
    ...(spec.name !== undefined && { name: spec.name }),
    // A rule without matches takes every request (Gateway API, `HTTPRouteRule.matches`).
    matches: spec.matches.length === 0 ? [{ match: anything }] : spec.matches.map(translateMatch),
    filters: spec.filters ?? [],
    backendRefs: spec.backendRefs ?? [],
    settings: { ...translateTimeouts(spec), ...translateRetry(spec) },
    persistence: spec.sessionPersistence,
  };
}

function translateMatch(spec: HTTPRouteMatch): MatchResult {
  return checkMatch({
    path: translatePath(spec.path),
    ...(spec.method !== undefined && { method: spec.method }),
    headers: headerMatches(spec.headers),
    query: queryMatches(spec.queryParams),
  });
}

function translatePath({ type, value }: HTTPPathMatch): PathMatch {
  if (type !== "PathPrefix") return { type, value };
  return { type, value: value.replace(/\/+$/, "") || "/" };
}

/** `0s` "disables" a timeout: no limit. */
function translateTimeouts({
  timeouts,
}: HTTPRouteRule): Pick<Rule, "requestTimeout" | "backendRequestTimeout"> {
  const requestTimeout = milliseconds(timeouts?.request ?? "0s");
  const backendRequestTimeout = milliseconds(timeouts?.backendRequest ?? "0s");
  return {
    ...(requestTimeout > 0 && { requestTimeout }),
    ...(backendRequestTimeout > 0 && { backendRequestTimeout }),
  };
}

/** Without codes and attempts it is for what no backend has processed, once. */
function translateRetry({ retry }: HTTPRouteRule): Pick<Rule, "retry"> {
  if (retry === undefined) return {};
  const { attempts, codes = [], backoff } = retry;
  return { retry: { attempts, codes, ...(backoff !== undefined && { backoff: milliseconds(backoff) }) } };
}
