import type { Rule, Schema } from "../schema/schema.ts";

import { Budget, Frame } from "./budget.ts";
import { compile } from "./compile.ts";
import { declare, isResource } from "./declare.ts";
import { decoder } from "./decode.ts";
import { CelError } from "./error.ts";
import type { Node } from "./node.ts";
import { parse } from "./parse.ts";
import { Scope } from "./scope.ts";
import { BOOL, DYN, isDyn, optional, STRING, type Type, typeText } from "./types.ts";
import { NONE, Optional, typeName } from "./values.ts";

export { Budget } from "./budget.ts";
export { CelError } from "./error.ts";

/** Longest message that an expression may make, in bytes, as in kube-apiserver. */
const MAX_MESSAGE = 5 * 1024;

/** A rule of a schema, ready to run on values that have passed the schema. */
export interface CompiledRule {
  /** A transition rule: without `optionalOldSelf` it says nothing about a value that had none before. */
  readonly usesOldSelf: boolean;
  /** Undefined when the value is fine, else what is wrong with it. */
  check(self: unknown, oldSelf: unknown, budget: Budget): string | undefined;
}

/** An expression of a policy. */
export interface CompiledExpression {
  /** Throws `CelError` when the evaluation fails or takes more than the budget has. */
  evaluate(values: Readonly<Record<string, unknown>>, budget: Budget): unknown;
}

/**
 * Compiles one of `schema.rules`. The schema of a whole object is recognised by its apiVersion, kind and metadata.
 * Throws `CelError` for what kube-apiserver refuses in a CRD.
 */
export function compileRule(rule: Rule, schema: Schema): CompiledRule {
  const type = declare(schema, isResource(schema));
  if (type === undefined) {
    throw new CelError("rules cannot be on values that the schema does not describe");
  }
  const oldType = rule.optionalOldSelf === true ? optional(type) : type;
  const environment = new Map([
    ["self", type],
    ["oldSelf", oldType],
  ]);
  if (rule.rule.trim() === "") {
    throw new CelError("the rule is empty");
  }
  const program = new Program(rule.rule, environment, BOOL, "rule");
  const message =
    rule.messageExpression === undefined || rule.messageExpression === ""
      ? undefined
      : new Program(rule.messageExpression, environment, STRING, "messageExpression");
  return new SchemaRule(rule, type, program, message);
}

/**
 * Compiles an expression over variables: of a schema, or `dyn` for JSON whose types are looked at when it runs. `dyn`
 * objects may have getters, for values that are worked out when they are read. `result` is what it has to give.
 */
export function compileExpression(
  text: string,
  variables: Readonly<Record<string, Schema | "dyn">>,
  result: "bool" | "string" | "any" = "any",
): CompiledExpression {
  const environment = new Map<string, Type>();
  for (const [name, schema] of Object.entries(variables)) {
    environment.set(name, (schema === "dyn" ? DYN : declare(schema)) ?? DYN);
  }
  const expected = { bool: BOOL, string: STRING, any: undefined }[result];
  const program = new Program(text, environment, expected, "expression");
  return {
    evaluate: (values, budget) => {
      const slots: unknown[] = Array(program.size);
      let slot = 0;
      for (const [name, type] of environment) {
        const value = values[name] ?? null;
        slots[slot++] = value === null ? null : (decoder(type)?.(value) ?? value);
      }
      return program.run(slots, budget);
    },
  };
}

/** A compiled text; its first slots are the variables of the environment in order. */
class Program {
  readonly size: number;
  readonly used: ReadonlySet<string>;
  private readonly node: Node;
  private readonly expected: string | undefined;

  constructor(
    text: string,
    environment: ReadonlyMap<string, Type>,
    expected: Type | undefined,
    what: string,
  ) {
    const scope = new Scope(text, environment);
    try {
      this.node = compile(parse(text), scope);
    } catch (error) {
      throw error instanceof RangeError ? new CelError("the expression nests too deeply") : error;
    }
    const { type } = this.node;
    if (expected !== undefined && type.kind !== expected.kind && !(isDyn(type) && what === "expression")) {
      throw new CelError(`the ${what} must give a ${expected.name}, not ${typeText(type)}`);
    }
    this.size = scope.size;
    this.used = scope.used;
    this.expected = expected !== undefined && isDyn(type) ? expected.name : undefined;
  }

  run(slots: unknown[], budget: Budget): unknown {
    const frame = new Frame(slots, budget.allowance);
    try {
      frame.spend(this.node.cost);
      const value = this.node.run(frame);
      if (this.expected !== undefined && typeName(value) !== this.expected) {
        throw new CelError(`the expression must give a ${this.expected}, not ${typeName(value)}`);
      }
      return value;
    } catch (error) {
      throw error instanceof RangeError ? new CelError("the values nest too deeply") : error;
    } finally {
      budget.use(frame.used);
    }
  }
}

class SchemaRule implements CompiledRule {
  readonly usesOldSelf: boolean;
  private readonly rule: Rule;
  private readonly program: Program;
  private readonly message: Program | undefined;
  private readonly decode: (value: unknown) => unknown;

  constructor(rule: Rule, type: Type, program: Program, message: Program | undefined) {
    this.rule = rule;
    this.program = program;
    this.message = message;
    this.usesOldSelf = program.used.has("oldSelf");
    this.decode = decoder(type) ?? ((value) => value);
  }

  check(self: unknown, oldSelf: unknown, budget: Budget): string | undefined {
    const { optionalOldSelf } = this.rule;
    const old = oldSelf ?? undefined;
    if (
      self === null ||
      self === undefined ||
      (this.usesOldSelf && old === undefined && optionalOldSelf !== true)
    ) {
      return undefined;
    }
    if (budget.spent) {
      return "the cost budget of the rules is used up, so no further rules are run";
    }
    try {
      const value = this.decode(self);
      const before = old === undefined ? undefined : this.decode(old);
      const slots: unknown[] = Array(this.program.size);
      slots[0] = value;
      slots[1] = optionalOldSelf === true ? (before === undefined ? NONE : new Optional(before)) : before;
      return this.program.run(slots, budget) === true ? undefined : this.failure(slots[0], slots[1], budget);
    } catch (error) {
      if (error instanceof CelError) {
        return `${error.message}, evaluating rule: ${this.rule.message?.trim() || this.rule.rule.trim()}`;
      }
      throw error;
    }
  }

  private failure(self: unknown, oldSelf: unknown, budget: Budget): string {
    const plain = this.rule.message?.trim() || `failed rule: ${this.rule.rule.trim()}`;
    if (this.message === undefined) {
      return plain;
    }
    try {
      const slots: unknown[] = Array(this.message.size);
      slots[0] = self;
      slots[1] = oldSelf;
      const text = (this.message.run(slots, budget) as string).trim();
      return text === "" || text.includes("\n") || Buffer.byteLength(text) > MAX_MESSAGE ? plain : text;
    } catch (error) {
      if (error instanceof CelError && !error.exhausted) {
        return plain;
      }
      if (error instanceof CelError) {
        return `${error.message}, evaluating the messageExpression of rule: ${this.rule.rule.trim()}`;
      }
      throw error;
    }
  }
}
