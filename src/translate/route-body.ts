import type { L4Route, Route } from "../program/program.ts";
import type { BackendTarget, Way } from "./backends.ts";
import type { Problem } from "./problem.ts";
import type { RouteForm } from "./route-form.ts";
import { translateRules } from "./rules.ts";
import type { Sight } from "./sight.ts";
import { translateStreamRules } from "./stream-rules.ts";

/** What a route does with the traffic that it is given. */
export interface RouteBody {
  /** Absent when it takes no traffic at all. */
  readonly served?: Pick<Route, "rules"> | Pick<L4Route, "destinations">;
  /** What the traffic is sent to. */
  readonly targets: readonly BackendTarget[];
  readonly refProblems: readonly Problem[];
  /** What is not served; each begins with `Dropped Rule`. */
  readonly dropped: readonly string[];
  /** Set when no rule at all is left that works. */
  readonly problem?: Problem;
}

export function translateBody(form: RouteForm, namespace: string, way: Way, sight: Sight): RouteBody {
  return "rules" in form
    ? translateRules(form, namespace, way, sight)
    : translateStreamRules(form, namespace, way, sight);
}
