import { RE2JS } from "re2js";

import type { Frame } from "../budget.ts";
import { CelError } from "../error.ts";
import { fn, method, type Overload } from "../overload.ts";
import { BOOL, INT, list, STRING } from "../types.ts";
import type { Int } from "../values.ts";

const COMPILED_MAX = 1000;
const compiled = new Map<string, RE2JS>();

/** Users' patterns: RE2 matches in linear time. */
function regex(pattern: string): RE2JS {
  let known = compiled.get(pattern);
  if (known === undefined) {
    try {
      known = RE2JS.compile(pattern);
    } catch (error) {
      throw new CelError(
        `illegal regular expression: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    if (compiled.size >= COMPILED_MAX) {
      compiled.clear();
    }
    compiled.set(pattern, known);
  }
  return known;
}

/** A character costs more the longer the pattern is. */
function charge(frame: Frame, text: string, pattern: string): void {
  frame.spend((1 + text.length / 10) * Math.max(1, pattern.length / 4));
}

function matches(frame: Frame, text: string, pattern: string): boolean {
  charge(frame, text, pattern);
  return regex(pattern).test(text);
}

function findAll(frame: Frame, text: string, pattern: string, limit: Int): string[] {
  charge(frame, text, pattern);
  const matcher = regex(pattern).matcher(text);
  const found: string[] = [];
  let end = -1;
  const most = limit < 0 ? Infinity : Number(limit);
  while (found.length < most && matcher.find()) {
    // An empty match right behind another one is not a match of its own.
    if (matcher.end() !== matcher.start() || matcher.start() !== end) {
      found.push(matcher.group() ?? "");
    }
    end = matcher.end();
    frame.spend(1);
  }
  return found;
}

/** A literal pattern is compiled with the expression. */
function checkPattern(_text: unknown, literal: string | undefined): void {
  if (literal !== undefined) {
    regex(literal);
  }
}

export function regularExpressions(): Overload[] {
  return [
    method("matches", [STRING, STRING], BOOL, matches, checkPattern),
    fn("matches", [STRING, STRING], BOOL, matches, checkPattern),
    method(
      "find",
      [STRING, STRING],
      STRING,
      (frame, text: string, of: string) => findAll(frame, text, of, 1)[0] ?? "",
      checkPattern,
    ),
    method(
      "findAll",
      [STRING, STRING],
      list(STRING),
      (frame, text: string, of: string) => findAll(frame, text, of, -1),
      checkPattern,
    ),
    method("findAll", [STRING, STRING, INT], list(STRING), findAll, checkPattern),
  ];
}
