import { RE2JS } from "re2js";
import { wireValue } from "./filter/field.ts";
import type { FieldMatch, Match } from "../program/program.ts";

/** A match that can be evaluated, or what is wrong with it. */
export type MatchResult = { readonly match: Match } | { readonly fault: string };

interface FieldSpec {
  readonly type: FieldMatch["type"];
  readonly name: string;
  readonly value: string;
}

/** Takes every request. */
export const anything: Match = { path: { type: "PathPrefix", value: "/" }, headers: [], query: [] };

export function headerMatches(specs: readonly FieldSpec[] | undefined): readonly FieldMatch[] {
  return distinctFields(specs, (name) => name.toLowerCase()).map((field) =>
    field.type === "Exact" ? { ...field, value: wireValue(field.value) } : field,
  );
}

export function queryMatches(specs: readonly FieldSpec[] | undefined): readonly FieldMatch[] {
  return distinctFields(specs, (name) => name);
}

/** "Only the first entry with an equivalent name" counts, the others "MUST be ignored" (Gateway API). */
function distinctFields(
  specs: readonly FieldSpec[] | undefined,
  normalName: (name: string) => string,
): readonly FieldMatch[] {
  const fields = new Map<string, FieldMatch>();
  for (const { type, name: written, value } of specs ?? []) {
    const name = normalName(written);
    if (!fields.has(name)) fields.set(name, { type, name, value });
  }
  return [...fields.values()];
}

export function checkMatch(match: Match): MatchResult {
  for (const { type, value } of [match.path, ...match.headers, ...match.query]) {
    const fault = type === "RegularExpression" ? patternFault(value) : undefined;
    if (fault !== undefined) return { fault };
  }
  return { match };
}

/** RE2 syntax has no back-references and no look-around, so that a match takes linear time. */
export function patternFault(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch {
    return `"${pattern}" is not in RE2 syntax`;
  }
}
