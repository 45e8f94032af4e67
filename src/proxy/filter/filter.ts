import type { CorsFilter, Filter, HeaderFilter, MirrorFilter } from "../../program/program.ts";
import { Auth, type AuthStep } from "../auth/auth.ts";
import { Cors } from "./cors.ts";
import { NO_EDITS, type HeaderEdits } from "./header-edits.ts";
import { HeaderModifiers, isField } from "./header-modifier.ts";
import { PathEdit } from "./path-modifier.ts";
import { Redirect } from "./redirect.ts";
import { Rewrite } from "./rewrite.ts";

export { applyEdits, NO_EDITS, NO_FIELDS } from "./header-edits.ts";
export type { HeaderEdits } from "./header-edits.ts";
export type { Cors } from "./cors.ts";
export type { Redirect } from "./redirect.ts";
export type { Rewrite } from "./rewrite.ts";

/** A list of filters, ready to run. */
export interface CompiledFilters {
  /** Authorization servers that have to agree, one after another; what they change comes before `request`. */
  readonly auths: readonly AuthStep[];
  /** Of the filters behind the last of `auths`, or of all. */
  readonly request: HeaderEdits;
  readonly response: HeaderEdits;
  /** Answers the request; nothing is forwarded. */
  readonly redirect: Redirect | undefined;
  readonly rewrite: Rewrite | undefined;
  /** Answers preflight requests; for all others it has edits that stand in for `response`. */
  readonly cors: Cors | undefined;
  /** Backends that get a copy. */
  readonly mirrors: readonly MirrorFilter[];
  /** Whether it stands in the list before all of `auths`, and so answers without asking them. */
  readonly redirectFirst: boolean;
  readonly corsFirst: boolean;
}

const NO_FILTERS: CompiledFilters = {
  auths: [],
  request: NO_EDITS,
  response: NO_EDITS,
  redirect: undefined,
  rewrite: undefined,
  cors: undefined,
  mirrors: [],
  redirectFirst: true,
  corsFirst: true,
};

/** In list order: what a later filter says about a field, the host or the path replaces what an earlier one said. */
export function compileFilters(filters: readonly Filter[]): CompiledFilters {
  if (filters.length === 0) return NO_FILTERS;
  let request = HeaderModifiers.forRequests();
  const auths: AuthStep[] = [];
  let redirectFirst = true;
  let corsFirst = true;
  const response = HeaderModifiers.forResponses();
  let redirect: Redirect | undefined;
  let hostname: string | undefined;
  let path: PathEdit | undefined;
  let cors: CorsFilter | undefined;
  const mirrors: MirrorFilter[] = [];
  const before: HeaderFilter[] = [];
  const after: HeaderFilter[] = [];
  for (const filter of filters) {
    switch (filter.type) {
      case "RequestHeaderModifier":
        request.apply(filter);
        hostname = hostSetBy(filter) ?? hostname;
        break;
      case "ResponseHeaderModifier":
        response.apply(filter);
        after.push(filter);
        break;
      case "RequestRedirect":
        redirect = new Redirect(filter);
        redirectFirst = auths.length === 0;
        break;
      case "URLRewrite":
        hostname = filter.hostname ?? hostname;
        if (filter.path !== undefined) path = new PathEdit(filter.path);
        break;
      case "CORS":
        cors = filter;
        corsFirst = auths.length === 0;
        before.push(...after.splice(0));
        break;
      case "RequestMirror":
        mirrors.push(filter);
        break;
      case "ExternalAuth":
        auths.push({ auth: new Auth(filter), before: request.compile() });
        request = HeaderModifiers.forRequests();
        break;
    }
  }
  return {
    auths,
    request: request.compile(),
    response: response.compile(),
    redirect,
    rewrite: hostname === undefined && path === undefined ? undefined : new Rewrite(hostname, path),
    cors: cors === undefined ? undefined : new Cors(cors, { before, after }),
    mirrors,
    redirectFirst,
    corsFirst,
  };
}

/** Host can be set, which is a rewrite; to add a second one or to remove it would make the request invalid. */
function hostSetBy(filter: HeaderFilter): string | undefined {
  const field = filter.set.find(({ name }) => name.toLowerCase() === "host");
  return field !== undefined && isField(field) && /^[!-~]+$/.test(field.value) ? field.value : undefined;
}
