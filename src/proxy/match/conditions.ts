import type { FieldMatch } from "../../program/program.ts";
import { compilePattern, type Pattern } from "./pattern.ts";
import type { Probe } from "./probe.ts";
import { fromWire, toWire } from "./text.ts";

/** A header or query parameter that must have one value. */
interface ExactTest {
  readonly name: string;
  /** In the form that the request has it: bytes for a header, text for a decoded parameter. */
  readonly value: string;
}

interface PatternTest {
  readonly name: string;
  readonly pattern: Pattern;
}

/**
 * What a match demands besides host, path and method. The names of its exact tests, and how many other
 * tests there are, make its signature: matches of one signature differ in values only.
 */
export class Conditions {
  readonly headers: readonly ExactTest[];
  readonly query: readonly ExactTest[];
  private readonly headerPatterns: readonly PatternTest[];
  private readonly queryPatterns: readonly PatternTest[];
  readonly signature: string;
  /** One of the regular expressions is none: such a match never holds. */
  readonly invalid: boolean;

  constructor(headers: readonly FieldMatch[], query: readonly FieldMatch[]) {
    this.headers = exactTests(headers, toWire);
    this.query = exactTests(query, asIs);
    this.headerPatterns = patternTests(headers);
    this.queryPatterns = patternTests(query);
    this.invalid =
      this.headers.length + this.headerPatterns.length < headers.length ||
      this.query.length + this.queryPatterns.length < query.length;
    this.signature = [
      this.headers.map(nameOf).join(","),
      this.query.map((test) => encodeURIComponent(test.name)).join(","),
      this.headerPatterns.length,
      this.queryPatterns.length,
    ].join("?");
  }

  /** All tests hold. */
  hold(probe: Probe): boolean {
    return this.valuesHold(probe) && this.patternsHold(probe);
  }

  /** The exact tests hold. */
  valuesHold(probe: Probe): boolean {
    const { headers, query } = this;
    for (let i = 0; i < headers.length; i++) {
      const test = headers[i]!;
      if (probe.fields.get(test.name) !== test.value) return false;
    }
    for (let i = 0; i < query.length; i++) {
      const test = query[i]!;
      if (probe.parameter(test.name) !== test.value) return false;
    }
    return true;
  }

  /** The tests that are regular expressions hold. */
  patternsHold(probe: Probe): boolean {
    for (let i = 0; i < this.headerPatterns.length; i++) {
      const test = this.headerPatterns[i]!;
      const value = probe.fields.get(test.name);
      if (value === undefined || !test.pattern.test(fromWire(value))) return false;
    }
    for (let i = 0; i < this.queryPatterns.length; i++) {
      const test = this.queryPatterns[i]!;
      const value = probe.parameter(test.name);
      if (value === undefined || !test.pattern.test(value)) return false;
    }
    return true;
  }
}

export const NO_CONDITIONS = new Conditions([], []);

function exactTests(matches: readonly FieldMatch[], form: (value: string) => string): ExactTest[] {
  return matches
    .filter((match) => match.type === "Exact")
    .map((match) => ({ name: match.name, value: form(match.value) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function patternTests(matches: readonly FieldMatch[]): PatternTest[] {
  const tests: PatternTest[] = [];
  for (const match of matches) {
    if (match.type !== "RegularExpression") continue;
    const pattern = compilePattern(match.value);
    if (pattern !== undefined) tests.push({ name: match.name, pattern });
  }
  return tests;
}

function asIs(value: string): string {
  return value;
}

function nameOf(test: ExactTest): string {
  return test.name;
}
