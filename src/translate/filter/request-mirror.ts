import type { HTTPRequestMirrorFilter } from "../../resources/gateway/mirror.ts";
import type { FilterContext, FilterResult } from "./filter.ts";

/**
 * "If the referent cannot be found, this HTTPBackendRef is invalid and must be dropped from the Gateway": the rule goes
 * on without this mirror, and `ResolvedRefs` says so (Gateway API, `HTTPRequestMirrorFilter.backendRef`).
 */
export function translateRequestMirror(
  { backendRef, percent, fraction }: HTTPRequestMirrorFilter,
  { resolve }: FilterContext,
): FilterResult {
  const resolved = resolve(backendRef);
  if ("problem" in resolved) return resolved;
  const { target } = resolved;
  const { numerator, denominator } = fraction ?? { numerator: percent ?? 100, denominator: 100 };
  return { filter: { type: "RequestMirror", backend: target.key, numerator, denominator }, target };
}
