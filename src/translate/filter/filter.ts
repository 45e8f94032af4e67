import type { Filter, Match } from "../../program/program.ts";
import type { HTTPRouteFilter } from "../../resources/gateway/http-filter.ts";
import type { BackendReference } from "../../resources/gateway/reference.ts";
import type { BackendTarget, ResolvedBackend } from "../backends.ts";
import type { Problem } from "../problem.ts";
import { translateCORS } from "./cors.ts";
import { translateExternalAuth } from "./external-auth.ts";
import { translateHeaderModifier } from "./header-modifier.ts";
import { translateRequestMirror } from "./request-mirror.ts";
import { translateRequestRedirect } from "./request-redirect.ts";
import { translateURLRewrite } from "./url-rewrite.ts";

/** What a backendRef of a filter leads to, and what is spoken there if that is not for the backend to say. */
export type BackendResolver = (ref: BackendReference, protocol?: "HTTP2") => ResolvedBackend;

/** What filters are translated with. */
export interface FilterContext {
  /** Those of the rule that the filters belong to. */
  readonly matches: readonly Match[];
  readonly resolve: BackendResolver;
}

/** A filter that a proxy runs, with what it sends requests to; or what is wrong with it in a few words. */
export type FilterResult =
  | {
      /** Absent when the rule can do without. */
      readonly filter?: Filter;
      readonly target?: BackendTarget;
      /** Of its backendRef. */
      readonly problem?: Problem;
    }
  | { readonly fault: string };

export interface TranslatedFilters {
  readonly filters: readonly Filter[];
  readonly targets: readonly BackendTarget[];
  readonly refProblems: readonly Problem[];
  readonly fault?: FilterFault;
}

export interface FilterFault {
  readonly reason: "UnsupportedValue" | "IncompatibleFilters";
  readonly message: string;
}

/**
 * Filters in the order of the user, or the first fault: a list with one filter missing would let through
 * what the user did not mean to let through.
 */
export function translateFilters(
  specs: readonly HTTPRouteFilter[] | undefined,
  context: FilterContext,
): TranslatedFilters {
  const filters: Filter[] = [];
  const targets: BackendTarget[] = [];
  const refProblems: Problem[] = [];
  const faulty = (reason: FilterFault["reason"], message: string): TranslatedFilters => {
    return { filters: [], targets: [], refProblems, fault: { reason, message } };
  };
  for (const spec of specs ?? []) {
    const result = translateFilter(spec, context);
    if ("fault" in result) return faulty("UnsupportedValue", result.fault);
    if (result.problem !== undefined) refProblems.push(result.problem);
    if (result.target !== undefined) targets.push(result.target);
    if (result.filter !== undefined) filters.push(result.filter);
  }
  const types = new Set(filters.map((filter) => filter.type));
  if (types.has("RequestRedirect") && types.has("URLRewrite")) {
    return faulty("IncompatibleFilters", "RequestRedirect and URLRewrite cannot stand together");
  }
  return { filters, targets, refProblems };
}

function translateFilter(spec: HTTPRouteFilter, context: FilterContext): FilterResult {
  const { matches } = context;
  if (spec.type === "RequestHeaderModifier" && spec.requestHeaderModifier) {
    return translateHeaderModifier(spec.type, spec.requestHeaderModifier);
  }
  if (spec.type === "ResponseHeaderModifier" && spec.responseHeaderModifier) {
    return translateHeaderModifier(spec.type, spec.responseHeaderModifier);
  }
  if (spec.type === "RequestRedirect" && spec.requestRedirect) {
    return translateRequestRedirect(spec.requestRedirect, matches);
  }
  if (spec.type === "URLRewrite" && spec.urlRewrite) return translateURLRewrite(spec.urlRewrite, matches);
  if (spec.type === "CORS" && spec.cors) return translateCORS(spec.cors);
  if (spec.type === "RequestMirror" && spec.requestMirror) {
    return translateRequestMirror(spec.requestMirror, context);
  }
  if (spec.type === "ExternalAuth" && spec.externalAuth) {
    return translateExternalAuth(spec.externalAuth, context.resolve);
  }
  return { fault: `filter ${spec.type} is not supported` };
}
