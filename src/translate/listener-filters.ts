import type { AuthFilter } from "../program/program.ts";
import type { GatewayListener } from "../resources/gateway/gateway.ts";
import { resolveBackend, type BackendReferrer, type BackendTarget } from "./backends.ts";
import { listenerFilterRefInvalid, listenerFilterUnsupported } from "./condition/listener.ts";
import { translateExternalAuth } from "./filter/external-auth.ts";
import type { Problem } from "./problem.ts";
import type { Sight } from "./sight.ts";

/** Filters that run on every request of a listener before a route is chosen (experimental, GEP-5224). */
export interface ListenerFilters {
  readonly filters: readonly AuthFilter[];
  readonly targets: readonly BackendTarget[];
  readonly refProblems: readonly Problem[];
  /** A filter that is not run must not be passed by either: then the listener is not accepted. */
  readonly problem?: Problem;
}

export function translateListenerFilters(
  { filters: specs }: GatewayListener,
  referrer: BackendReferrer,
  sight: Sight,
): ListenerFilters {
  const filters: AuthFilter[] = [];
  const targets: BackendTarget[] = [];
  const refProblems: Problem[] = [];
  for (const { type, externalAuth } of specs?.requests ?? []) {
    if (type !== "ExternalAuth" || externalAuth === undefined) {
      return { filters: [], targets: [], refProblems, problem: listenerFilterUnsupported(type) };
    }
    const result = translateExternalAuth(externalAuth, (ref, protocol) =>
      resolveBackend(ref, { ...referrer, protocol }, sight),
    );
    filters.push(result.filter);
    if (result.target !== undefined) targets.push(result.target);
    if (result.problem !== undefined) refProblems.push(listenerFilterRefInvalid(result.problem));
  }
  return { filters, targets, refProblems };
}
