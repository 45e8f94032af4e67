import type { Filter, Match } from "../../program/program.ts";
import type { HTTPRouteFilter } from "../../resources/gateway/http-filter.ts";
import { translateHeaderModifier } from "./header-modifier.ts";
import { translateRequestRedirect } from "./request-redirect.ts";
import { translateURLRewrite } from "./url-rewrite.ts";

/** A filter that a proxy runs, or what is wrong with it in a few words. */
export type FilterResult = { readonly filter: Filter } | { readonly fault: string };

export interface TranslatedFilters {
  readonly filters: readonly Filter[];
  readonly fault?: FilterFault;
}

export interface FilterFault {
  readonly reason: "UnsupportedValue" | "IncompatibleFilters";
  readonly message: string;
}

/**
 * Filters in the order of the user, or the first fault: a list with one filter missing would let through
 * what the user did not mean to let through. `matches` are those of the rule that the filters belong to.
 */
export function translateFilters(
  specs: readonly HTTPRouteFilter[] | undefined,
  matches: readonly Match[],
): TranslatedFilters {
  const filters: Filter[] = [];
  for (const spec of specs ?? []) {
    const result = translateFilter(spec, matches);
    if ("fault" in result)
      return { filters: [], fault: { reason: "UnsupportedValue", message: result.fault } };
    filters.push(result.filter);
  }
  const types = new Set(filters.map((filter) => filter.type));
  if (types.has("RequestRedirect") && types.has("URLRewrite")) {
    const message = "RequestRedirect and URLRewrite cannot stand together";
    return { filters: [], fault: { reason: "IncompatibleFilters", message } };
  }
  return { filters };
}

function translateFilter(spec: HTTPRouteFilter, matches: readonly Match[]): FilterResult {
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
  return { fault: `filter ${spec.type} is not supported` };
}
