import { Budget } from "../../resources/cel/budget.ts";
import { compileExpression, type CompiledExpression } from "../../resources/cel/cel.ts";
import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import type { Cause, Reason } from "../error.ts";
import { metaOf, objectIn } from "../objects/meta.ts";

/** What the expressions of a policy can name, besides `variables`. */
export interface PolicyInput {
  readonly object: JsonObject | null;
  readonly oldObject: JsonObject | null;
  readonly request: JsonObject;
  readonly params: JsonObject | null;
  readonly namespaceObject: JsonObject | null;
}

export interface Verdict {
  readonly message: string;
  readonly reason: Reason;
}

interface Validation {
  readonly expression: CompiledExpression;
  readonly text: string;
  readonly message: string | undefined;
  readonly messageExpression: CompiledExpression | undefined;
  readonly reason: Reason;
}

interface Named {
  readonly name: string;
  readonly expression: CompiledExpression;
}

const NAMES = {
  object: "dyn",
  oldObject: "dyn",
  request: "dyn",
  params: "dyn",
  namespaceObject: "dyn",
  variables: "dyn",
} as const;
const REASONS: Readonly<Record<string, Reason>> = {
  Unauthorized: "Unauthorized",
  Forbidden: "Forbidden",
  Invalid: "Invalid",
  RequestEntityTooLarge: "RequestEntityTooLarge",
};

/** A ValidatingAdmissionPolicy whose expressions are compiled. */
export class Policy {
  readonly name: string;
  readonly constraints: unknown;
  /** `Fail` or `Ignore`, when an expression cannot be evaluated. */
  readonly failurePolicy: string;
  readonly paramKind: JsonObject | undefined;
  private readonly conditions: readonly Named[];
  private readonly variables: readonly Named[];
  private readonly validations: readonly Validation[];

  /** Throws CelError; `faultsOf` says where. */
  constructor(object: JsonObject) {
    const spec = objectIn(object, "spec");
    this.name = metaOf(object).name ?? "";
    this.constraints = spec["matchConstraints"];
    this.failurePolicy = typeof spec["failurePolicy"] === "string" ? spec["failurePolicy"] : "Fail";
    this.paramKind = isJsonObject(spec["paramKind"]) ? spec["paramKind"] : undefined;
    this.conditions = listOf(spec, "matchConditions").map((each) => named(each, "bool"));
    this.variables = listOf(spec, "variables").map((each) => named(each, "any"));
    this.validations = listOf(spec, "validations").map(validationOf);
  }

  /** Whether the conditions take the request; throws CelError when they cannot be evaluated. */
  takes(input: PolicyInput, budget: Budget): boolean {
    return this.conditions.every(
      ({ expression }) => expression.evaluate({ ...input, variables: {} }, budget) === true,
    );
  }

  /** What is wrong with the request; throws CelError when that cannot be evaluated. */
  judge(input: PolicyInput, budget: Budget): readonly Verdict[] {
    const values = { ...input, variables: this.lazyVariables(input, budget) };
    const verdicts: Verdict[] = [];
    for (const each of this.validations) {
      if (each.expression.evaluate(values, budget) === true) continue;
      verdicts.push({ message: messageOf(each, values, budget), reason: each.reason });
    }
    return verdicts;
  }

  /** Each variable is evaluated when it is first read, with those before it in sight. */
  private lazyVariables(input: PolicyInput, budget: Budget): JsonObject {
    const variables: Record<string, unknown> = {};
    for (const { name, expression } of this.variables) {
      let value: { readonly it: unknown } | undefined;
      Object.defineProperty(variables, name, {
        enumerable: true,
        get: () => (value ??= { it: expression.evaluate({ ...input, variables }, budget) }).it,
      });
    }
    return variables;
  }
}

function messageOf(
  validation: Validation,
  values: Readonly<Record<string, unknown>>,
  budget: Budget,
): string {
  if (validation.messageExpression !== undefined) {
    try {
      const message = validation.messageExpression.evaluate(values, budget);
      if (typeof message === "string" && message.trim() !== "") return message;
    } catch {
      // The fixed message is better than none.
    }
  }
  return validation.message ?? `failed expression: ${validation.text}`;
}

function named(object: JsonObject, result: "bool" | "any"): Named {
  return {
    name: String(object["name"]),
    expression: compileExpression(String(object["expression"]), NAMES, result),
  };
}

function validationOf(object: JsonObject): Validation {
  const text = String(object["expression"]);
  const { message, messageExpression, reason } = object;
  return {
    expression: compileExpression(text, NAMES, "bool"),
    text,
    message: typeof message === "string" ? message : undefined,
    messageExpression:
      typeof messageExpression === "string"
        ? compileExpression(messageExpression, NAMES, "string")
        : undefined,
    reason: REASONS[String(reason)] ?? "Invalid",
  };
}

function listOf(spec: JsonObject, name: string): readonly JsonObject[] {
  const list = spec[name];
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

/** Which expressions of a policy do not compile. */
export function faultsOf(object: JsonObject): readonly Cause[] {
  const spec = objectIn(object, "spec");
  const causes: Cause[] = [];
  const attempt = (field: string, text: unknown, result: "bool" | "string" | "any") => {
    if (typeof text !== "string") return;
    try {
      compileExpression(text, NAMES, result);
    } catch (error) {
      const message = `Invalid value: ${JSON.stringify(text)}: compilation failed: ${(error as Error).message}`;
      causes.push({ reason: "FieldValueInvalid", field, message });
    }
  };
  for (const [list, result] of [
    ["matchConditions", "bool"],
    ["variables", "any"],
    ["validations", "bool"],
  ] as const) {
    for (const [index, each] of listOf(spec, list).entries()) {
      attempt(`spec.${list}[${index}].expression`, each["expression"], result);
      attempt(`spec.${list}[${index}].messageExpression`, each["messageExpression"], "string");
    }
  }
  return causes;
}
