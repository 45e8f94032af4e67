import type { Filter, HeaderFilter } from "../../program/program.ts";
import { NO_EDITS, type HeaderEdits } from "./header-edits.ts";
import { HeaderModifiers, isField } from "./header-modifier.ts";
import { PathEdit } from "./path-modifier.ts";
import { Redirect } from "./redirect.ts";
import { Rewrite } from "./rewrite.ts";

export { applyEdits, NO_EDITS } from "./header-edits.ts";
export type { HeaderEdits } from "./header-edits.ts";
export type { Redirect } from "./redirect.ts";
export type { Rewrite } from "./rewrite.ts";

/** A list of filters, ready to run. */
export interface CompiledFilters {
  readonly request: HeaderEdits;
  readonly response: HeaderEdits;
  /** Answers the request; nothing is forwarded. */
  readonly redirect: Redirect | undefined;
  readonly rewrite: Rewrite | undefined;
}

const NO_FILTERS: CompiledFilters = {
  request: NO_EDITS,
  response: NO_EDITS,
  redirect: undefined,
  rewrite: undefined,
};

/** In list order: what a later filter says about a field, the host or the path replaces what an earlier one said. */
export function compileFilters(filters: readonly Filter[]): CompiledFilters {
  if (filters.length === 0) return NO_FILTERS;
  const request = HeaderModifiers.forRequests();
  const response = HeaderModifiers.forResponses();
  let redirect: Redirect | undefined;
  let hostname: string | undefined;
  let path: PathEdit | undefined;
  for (const filter of filters) {
    switch (filter.type) {
      case "RequestHeaderModifier":
        request.apply(filter);
        hostname = hostSetBy(filter) ?? hostname;
        break;
      case "ResponseHeaderModifier":
        response.apply(filter);
        break;
      case "RequestRedirect":
        redirect = new Redirect(filter);
        break;
      case "URLRewrite":
        hostname = filter.hostname ?? hostname;
        if (filter.path !== undefined) path = new PathEdit(filter.path);
        break;
    }
  }
  return {
    request: request.compile(),
    response: response.compile(),
    redirect,
    rewrite: hostname === undefined && path === undefined ? undefined : new Rewrite(hostname, path),
  };
}

/** Host can be set, which is a rewrite; to add a second one or to remove it would make the request invalid. */
function hostSetBy(filter: HeaderFilter): string | undefined {
  const field = filter.set.find(({ name }) => name.toLowerCase() === "host");
  return field !== undefined && isField(field) && /^[!-~]+$/.test(field.value) ? field.value : undefined;
}
