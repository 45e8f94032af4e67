import { RE2JS } from "re2js";
import { wireValue } from "./filter/field.ts";
import type { FieldMatch, Match, PathMatch } from "../program/program.ts";
import type { HTTPPathMatch, HTTPRouteMatch } from "../resources/gateway/http-route.ts";

type FieldSpecs = HTTPRouteMatch["headers"] | HTTPRouteMatch["queryParams"];

/** A rule without matches takes every request (Gateway API, `HTTPRouteRule.matches`). */
const anything: Match = { path: { type: "PathPrefix", value: "/" }, headers: [], query: [] };

/** The matches that can be evaluated, in the order of the rule, and what is wrong with the others. */
export function translateMatches(specs: readonly HTTPRouteMatch[]): {
  readonly matches: readonly Match[];
  readonly faults: readonly string[];
} {
  if (specs.length === 0) return { matches: [anything], faults: [] };
  const matches: Match[] = [];
  const faults: string[] = [];
  for (const spec of specs) {
    const match = translateMatch(spec);
    const fault = findFault(match);
    if (fault === undefined) matches.push(match);
    else faults.push(fault);
  }
  return { matches, faults };
}

function translateMatch(spec: HTTPRouteMatch): Match {
  return {
    path: translatePath(spec.path),
    ...(spec.method !== undefined && { method: spec.method }),
    headers: translateFields(spec.headers, (name) => name.toLowerCase()).map(onWire),
    query: translateFields(spec.queryParams, (name) => name),
  };
}

function translatePath({ type, value }: HTTPPathMatch): PathMatch {
  if (type !== "PathPrefix") return { type, value };
  return { type, value: value.replace(/\/+$/, "") || "/" };
}

/** "Only the first entry with an equivalent name" counts, the others "MUST be ignored" (Gateway API). */
function translateFields(specs: FieldSpecs, normalName: (name: string) => string): readonly FieldMatch[] {
  const fields = new Map<string, FieldMatch>();
  for (const { type, name: written, value } of specs ?? []) {
    const name = normalName(written);
    if (!fields.has(name)) fields.set(name, { type, name, value });
  }
  return [...fields.values()];
}

function onWire(field: FieldMatch): FieldMatch {
  return field.type === "Exact" ? { ...field, value: wireValue(field.value) } : field;
}

function findFault({ path, headers, query }: Match): string | undefined {
  for (const { type, value } of [path, ...headers, ...query]) {
    if (type === "RegularExpression" && !isLinearPattern(value)) return `"${value}" is not in RE2 syntax`;
  }
  return undefined;
}

/** RE2 syntax has no back-references and no look-around, so that a match takes linear time. */
function isLinearPattern(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}
