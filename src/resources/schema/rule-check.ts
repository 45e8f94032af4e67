import type { SchemaError } from "./from-openapi.ts";
import { compileError, fieldPath } from "./rules.ts";
import type { Path, Rule, Schema } from "./schema.ts";
import { childrenOf } from "./walk.ts";

const REASONS = ["FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired", "FieldValueDuplicate"];
const RULES = "x-kubernetes-validations";

/** What is wrong with the CEL rules in a schema. */
export function checkRules(
  schema: Schema,
  path: Path = [],
  /** The list around it whose items have no counterpart in the object before. */
  uncorrelated?: Path,
): readonly SchemaError[] {
  const errors: SchemaError[] = [];
  for (const [index, rule] of (schema.rules ?? []).entries()) {
    for (const [keyword, message] of ruleErrors(rule, schema, uncorrelated)) {
      errors.push({ path: [...path, RULES, index, keyword], message });
    }
  }
  const loose = schema.type === "array" && schema.listType !== "map" ? path : undefined;
  for (const [child, at] of childrenOf(schema)) {
    errors.push(...checkRules(child, [...path, ...at], uncorrelated ?? loose));
  }
  return errors;
}

type KeywordError = readonly [keyword: string, message: string];

function ruleErrors(rule: Rule, schema: Schema, uncorrelated: Path | undefined): readonly KeywordError[] {
  const errors = textErrors(rule);
  if (rule.fieldPath !== undefined && !leadsToField(schema, rule.fieldPath)) {
    errors.push(["fieldPath", `${JSON.stringify(rule.fieldPath)} leads to no field of the schema`]);
  }
  if (errors.length > 0) return errors;
  const compiled = compileError(rule, schema);
  if (compiled.message !== undefined) return [["rule", compiled.message]];
  if (compiled.usesOldSelf && uncorrelated !== undefined) {
    return [
      ["rule", `oldSelf is not known here: items of ${uncorrelated.join(".")} have no keys to find it by`],
    ];
  }
  if (!compiled.usesOldSelf && rule.optionalOldSelf !== undefined) {
    return [["optionalOldSelf", "The rule does not use oldSelf"]];
  }
  return [];
}

function textErrors({ rule, message, messageExpression, reason, fieldPath: at }: Rule): KeywordError[] {
  const errors: KeywordError[] = [];
  for (const [keyword, value] of Object.entries({ rule, message, messageExpression, fieldPath: at })) {
    if (value !== undefined && typeof value !== "string") errors.push([keyword, "Expected a string"]);
  }
  if (errors.length > 0) return errors;
  if (typeof rule !== "string" || rule.trim() === "")
    errors.push(["rule", "Missing rule: an expression in CEL"]);
  else if (/[\n\r]/.test(rule.trim()) && (message ?? "").trim() === "") {
    errors.push(["message", "A rule of several lines needs a message"]);
  }
  if (message?.trim() === "") errors.push(["message", "Empty message"]);
  if (/[\n\r]/.test(message?.trim() ?? "")) errors.push(["message", "A message is one line"]);
  if (messageExpression?.trim() === "") errors.push(["messageExpression", "Empty expression"]);
  if (at !== undefined && (at.trim() === "" || /[\n\r]/.test(at))) {
    errors.push(["fieldPath", "Expected a path such as .spec.name"]);
  }
  if (reason !== undefined && !REASONS.includes(reason)) {
    errors.push(["reason", `Must be one of ${REASONS.join(", ")}`]);
  }
  return errors;
}

function leadsToField(schema: Schema, text: string): boolean {
  if (!/^(\.[^.[\]]+|\['([^'\\]|\\.)*'\])+$/.test(text)) return false;
  let at: Schema | undefined = schema;
  for (const name of fieldPath(text)) {
    if (at.type === "object") at = Object.hasOwn(at.fields, name) ? at.fields[name] : undefined;
    else at = at.type === "map" ? at.values : undefined;
    if (at === undefined) return false;
  }
  return true;
}
