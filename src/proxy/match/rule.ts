import type { Attachment, Destination, Match, PathMatch, Route, Rule } from "../../program/program.ts";
import { compileFilters, type CompiledFilters } from "../filter/filter.ts";
import { RetryPolicy } from "../serve/exchange/retry.ts";
import { Conditions, NO_CONDITIONS } from "./conditions.ts";
import { normalizeTarget } from "./path.ts";
import { compilePattern, type Pattern } from "./pattern.ts";
import type { Probe } from "./probe.ts";
import { drawShare, type Share } from "./weight.ts";

export class CompiledRoute {
  readonly key: string;
  /** `NAMESPACE/NAME`, which settles ties of age. */
  readonly id: string;
  readonly created: number;
  readonly attachments: readonly Attachment[];
  /** Of all rules; matches that can never hold are left out. */
  readonly matches: readonly CompiledMatch[];

  constructor(route: Route) {
    this.key = route.key;
    this.id = `${route.namespace}/${route.name}`;
    this.created = route.created;
    this.attachments = route.attachments;
    this.matches = route.rules.flatMap((rule, index) => new CompiledRule(this, index, rule).matches);
  }
}

/** A rule, ready to run. */
export class CompiledRule {
  readonly route: CompiledRoute;
  /** Position in the route. */
  readonly index: number;
  readonly name: string | undefined;
  /** Set when every request that gets here is answered with 500. */
  readonly broken: string | undefined;
  /** Milliseconds; 0 = no limit. */
  readonly requestTimeout: number;
  /** Milliseconds for one attempt; 0 = no limit. */
  readonly backendRequestTimeout: number;
  readonly retry: RetryPolicy | undefined;
  /** Of the rule alone. A request that goes on to a destination uses the destination's. */
  readonly filters: CompiledFilters;
  readonly destinations: readonly CompiledDestination[];
  readonly matches: readonly CompiledMatch[];

  constructor(route: CompiledRoute, index: number, rule: Rule) {
    this.route = route;
    this.index = index;
    this.name = rule.name;
    this.requestTimeout = rule.requestTimeout ?? 0;
    this.backendRequestTimeout = rule.backendRequestTimeout ?? 0;
    this.retry = rule.retry === undefined ? undefined : new RetryPolicy(rule.retry);
    this.filters = compileFilters(rule.filters);
    let upTo = 0;
    this.destinations = rule.destinations.map((destination) => {
      upTo += destination.weight;
      return new CompiledDestination(this, rule, destination, upTo);
    });
    const all = rule.matches.map((match, position) => new CompiledMatch(this, position, match));
    this.matches = all.filter((match) => !match.invalid);
    this.broken =
      rule.broken ??
      (all.length > this.matches.length ? "a regular expression is not RE2 syntax" : undefined);
  }

  /** The destination that a request goes to; `undefined`: 500. `fraction` as for `drawShare`. */
  destination(fraction: number): CompiledDestination | undefined {
    return drawShare(this.destinations, fraction);
  }
}

export class CompiledDestination implements Share {
  /** Key of a backend; `undefined` when the reference is invalid: 500. */
  readonly backend: string | undefined;
  readonly upTo: number;
  /** The rule's filters, then the destination's own. */
  readonly filters: CompiledFilters;

  constructor(rule: CompiledRule, source: Rule, destination: Destination, upTo: number) {
    this.backend = destination.backend;
    this.upTo = upTo;
    this.filters =
      destination.filters.length === 0
        ? rule.filters
        : compileFilters([...source.filters, ...destination.filters]);
  }
}

/** One alternative of a rule: what a lookup finds. */
export class CompiledMatch {
  readonly rule: CompiledRule;
  /** Position in the rule. */
  readonly index: number;
  readonly type: PathMatch["type"];
  /**
   * The path, in the normal form that requests are brought to (see `path.ts`); a prefix without its slash
   * at the end, so `""` for `/`; the source of a regular expression; the name of a gRPC method.
   */
  readonly path: string;
  readonly pattern: Pattern | undefined;
  /** `""` for any. */
  readonly method: string;
  readonly headerCount: number;
  readonly queryCount: number;
  readonly conditions: Conditions;

  constructor(rule: CompiledRule, index: number, match: Match) {
    this.rule = rule;
    this.index = index;
    this.type = match.path.type;
    this.path = normalPath(match.path);
    this.pattern = this.type === "RegularExpression" ? compilePattern(match.path.value) : undefined;
    this.method = match.method ?? "";
    this.headerCount = match.headers.length;
    this.queryCount = match.query.length;
    this.conditions =
      this.headerCount + this.queryCount === 0 ? NO_CONDITIONS : new Conditions(match.headers, match.query);
  }

  /** It can never hold, because a regular expression is none. */
  get invalid(): boolean {
    return this.conditions.invalid || (this.type === "RegularExpression" && this.pattern === undefined);
  }

  /**
   * How many characters of the request's path a `ReplacePrefixMatch` replaces; 0 for the prefix `/`.
   * `undefined` when the path was not matched by prefix: nothing can be replaced.
   */
  get prefixLength(): number | undefined {
    return this.type === "PathPrefix" ? this.path.length : undefined;
  }

  /** Method, headers and query hold; host and path are known to. */
  holds(probe: Probe): boolean {
    if (this.method !== "" && this.method !== probe.method) return false;
    return this.conditions === NO_CONDITIONS || this.conditions.hold(probe);
  }
}

function normalPath(path: PathMatch): string {
  if (path.type === "RegularExpression") return path.value;
  const normal = normalizeTarget(path.value) ?? path.value;
  return path.type === "PathPrefix" ? normal.replace(/\/+$/, "") : normal;
}
