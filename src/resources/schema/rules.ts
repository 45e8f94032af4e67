import { Budget, CelError, compileRule, type CompiledRule } from "../cel/cel.ts";
import type { FieldReason, Path, Rule, Schema } from "./schema.ts";

/** A CEL rule that a value breaks. */
export interface BrokenRule {
  readonly message: string;
  readonly reason: FieldReason;
  /** Below the value. */
  readonly path: Path;
  /** It compares with the value before: to leave the value as it was is no excuse. */
  readonly transition: boolean;
}

interface Compiled {
  readonly rule: Rule;
  readonly path: Path;
  readonly program: CompiledRule;
}

/** Rules are compiled when the first value comes: a kind costs nothing until it is used. */
const compiled = new WeakMap<Schema, readonly Compiled[]>();

function compile(schema: Schema): readonly Compiled[] {
  let programs = compiled.get(schema);
  if (programs === undefined) {
    programs = (schema.rules ?? []).map((rule) => ({
      rule,
      path: fieldPath(rule.fieldPath ?? ""),
      program: compileOne(rule, schema),
    }));
    compiled.set(schema, programs);
  }
  return programs;
}

/** A rule that cannot be compiled refuses everything. */
function compileOne(rule: Rule, schema: Schema): CompiledRule {
  try {
    return compileRule(rule, schema);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { usesOldSelf: false, check: () => `rule compile error: ${error.message}` };
  }
}

/** What is wrong with a rule as an expression on values of the schema, if anything is. */
export function compileError(
  rule: Rule,
  schema: Schema,
): { readonly message?: string; readonly usesOldSelf: boolean } {
  try {
    return { usesOldSelf: compileRule(rule, schema).usesOldSelf };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { message: error.message, usesOldSelf: false };
  }
}

/** CEL rules against the values of one object, which share a budget. */
export class Rules {
  private readonly budget = new Budget();

  /**
   * Transition rules run only where there is a value before, unless it is optional to them.
   *
   * @param self Sound, with defaults.
   */
  broken(schema: Schema, self: unknown, oldSelf: unknown): readonly BrokenRule[] {
    const broken: BrokenRule[] = [];
    for (const { rule, path, program } of compile(schema)) {
      const message = program.check(self, oldSelf, this.budget);
      if (message === undefined) continue;
      const { reason = "FieldValueInvalid" } = rule;
      broken.push({ message, reason, path, transition: program.usesOldSelf });
    }
    return broken;
  }
}

/** `.spec.ports['a.b']` as a path. */
export function fieldPath(text: string): Path {
  const path: string[] = [];
  for (const [, name, quoted] of text.matchAll(/\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\]/g)) {
    path.push(name ?? quoted!.replace(/\\(.)/g, "$1"));
  }
  return path;
}
