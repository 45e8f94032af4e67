/**
 * Structural schemas as plain data: one tree per kind says its types, limits, defaults and list semantics, and
 * TypeScript reads the type of a validated value from it (`Infer`). `validate.ts` runs it; nothing here does.
 * Cross-field rules (the API's CEL rules) are functions in `checks`.
 */
declare const typed: unique symbol;

export type Path = readonly (string | number)[];

/** Why a field is refused, in the words of `metav1.Status` causes. */
export type FieldReason =
  | "FieldValueInvalid"
  | "FieldValueRequired"
  | "FieldValueNotSupported"
  | "FieldValueTypeInvalid"
  | "FieldValueDuplicate"
  | "FieldValueTooLong"
  | "FieldValueTooMany"
  | "FieldValueForbidden";

/** Reports a broken rule; `path` is relative to the value that is checked. */
export type Fail = (message: string, path?: Path, where?: "key" | "value", reason?: FieldReason) => void;

/**
 * Runs on a well-typed value with its defaults filled in, so it never needs to look at types.
 *
 * @param previous On updates: what stood there before, of whatever type it was.
 */
export type Check<Value> = (value: Value, fail: Fail, previous?: unknown) => void;

/**
 * One CEL rule of the API (`x-kubernetes-validations`): true for what is allowed. A rule that names `oldSelf` is a
 * transition rule and runs on updates only, unless `optionalOldSelf` makes `oldSelf` an optional value.
 */
export interface Rule {
  readonly rule: string;
  readonly message?: string;
  /** CEL, of type string; `message` stands in when it fails. */
  readonly messageExpression?: string;
  readonly reason?:
    | "FieldValueInvalid"
    | "FieldValueForbidden"
    | "FieldValueRequired"
    | "FieldValueDuplicate";
  /** Below the value that carries the rule, as the API writes it: `.spec.ports`. */
  readonly fieldPath?: string;
  readonly optionalOldSelf?: true;
}

/**
 * Value validation under `allOf`, `anyOf`, `oneOf` and `not`, which says nothing of types (structural schemas,
 * apiextensions v1): a partial OpenAPI v3 schema as it was written.
 */
export type Constraint = Readonly<Record<string, unknown>>;

interface Common<Value> {
  /** Exists in the type only: carries the type of a validated value. */
  readonly [typed]?: Value;
  readonly optional?: true;
  /** As a user would write it: its own inner defaults are filled in when it is used. */
  readonly default?: unknown;
  /** For `kubectl explain`: a sentence or two. */
  readonly description?: string;
  /** null is a value here. */
  readonly nullable?: true;
  /** CEL rules on this value. */
  readonly rules?: readonly Rule[];
  readonly allOf?: readonly Constraint[];
  readonly anyOf?: readonly Constraint[];
  readonly oneOf?: readonly Constraint[];
  readonly not?: Constraint;
  /** Rules of built-in kinds, which their API server has in code. Kinds that have CRDs use `rules`. */
  readonly checks?: readonly Check<never>[];
}

export interface ObjectSchema<Value = unknown> extends Common<Value> {
  readonly type: "object";
  readonly fields: Readonly<Record<string, Schema>>;
  /** `x-kubernetes-preserve-unknown-fields`: unknown fields are kept. */
  readonly open: boolean;
  /** `x-kubernetes-embedded-resource`: has apiVersion, kind and metadata of its own. */
  readonly embedded?: true;
  /** `x-kubernetes-map-type: atomic`: server-side apply owns it as a whole. */
  readonly atomic?: true;
  /** Strategic merge patch of built-in kinds: fields that a patch does not name go away. */
  readonly retainKeys?: true;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

export interface MapSchema<Value = unknown> extends Common<Value> {
  readonly type: "map";
  readonly values: Schema;
  readonly keys?: StringSchema;
  readonly atomic?: true;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

export interface ArraySchema<Value = unknown> extends Common<Value> {
  readonly type: "array";
  readonly items: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** `set`: no value twice. `map`: no two entries with the same `mapKeys`. `atomic`: no such rule. */
  readonly listType: "atomic" | "set" | "map";
  readonly mapKeys?: readonly string[];
  /** As in some built-in kinds: two entries with the same keys are no fault; merging alone goes by the keys. */
  readonly repeats?: true;
  /** Strategic merge patch of built-in kinds: entries are merged by this field instead of replaced as a list. */
  readonly patchMergeKey?: string;
  /** Strategic merge patch of built-in kinds: a list of plain values that is merged. */
  readonly patchMerge?: true;
  /** Strategic merge patch of built-in kinds: fields of an entry that a patch does not name go away. */
  readonly retainKeys?: true;
}

export interface StringSchema<Value = unknown> extends Common<Value> {
  readonly type: "string";
  readonly enum?: readonly string[];
  /** RE2 syntax. */
  readonly pattern?: string;
  /** What the pattern means, for people: `a DNS label: ...`. */
  readonly form?: string;
  /** An OpenAPI format; those that the API server does not know have no effect, as there. */
  readonly format?: string;
  /** Unicode code points. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** The pattern is a user's: it is matched by an engine that takes linear time. */
  readonly foreign?: true;
}

export interface NumericLimits {
  readonly min?: number;
  readonly max?: number;
  readonly exclusiveMin?: true;
  readonly exclusiveMax?: true;
  readonly multipleOf?: number;
}

export interface IntegerSchema<Value = unknown> extends Common<Value>, NumericLimits {
  readonly type: "integer";
  readonly format?: "int32" | "int64";
  readonly enum?: readonly number[];
}

export interface NumberSchema<Value = unknown> extends Common<Value>, NumericLimits {
  readonly type: "number";
  readonly format?: "float" | "double";
  readonly enum?: readonly number[];
}

export interface BooleanSchema<Value = unknown> extends Common<Value> {
  readonly type: "boolean";
  readonly enum?: readonly boolean[];
}

export interface IntOrStringSchema<Value = unknown> extends Common<Value> {
  readonly type: "intOrString";
}

/** Any JSON value (`x-kubernetes-preserve-unknown-fields` without a type). */
export interface AnySchema<Value = unknown> extends Common<Value> {
  readonly type: "any";
  /** What holds for the value if it is an object. */
  readonly object?: ObjectSchema;
}

export type Schema<Value = unknown> =
  | ObjectSchema<Value>
  | MapSchema<Value>
  | ArraySchema<Value>
  | StringSchema<Value>
  | IntegerSchema<Value>
  | NumberSchema<Value>
  | BooleanSchema<Value>
  | IntOrStringSchema<Value>
  | AnySchema<Value>;

/** The type of a value that went through the schema, defaults filled in; readonly all the way. */
export type Infer<S> = S extends { readonly [typed]?: infer Value } ? Value : never;

type Fields = Readonly<Record<string, Schema>>;
type OptionalName<F extends Fields> = {
  [Name in keyof F]: F[Name] extends { readonly optional: true } ? Name : never;
}[keyof F];
type Flat<T> = { readonly [Name in keyof T]: T[Name] };
export type Shape<F extends Fields> = Flat<
  { readonly [Name in Exclude<keyof F, OptionalName<F>>]: Infer<F[Name]> } & {
    readonly [Name in OptionalName<F>]?: Infer<F[Name]>;
  }
>;

/** What any builder takes besides its own limits. */
interface Rules<Value> {
  readonly default?: unknown;
  readonly description?: string;
  readonly nullable?: true;
  readonly rules?: readonly Rule[];
  readonly allOf?: readonly Constraint[];
  readonly anyOf?: readonly Constraint[];
  readonly oneOf?: readonly Constraint[];
  readonly not?: Constraint;
  readonly checks?: readonly Check<Value>[];
}

interface ObjectRules<Value> extends Rules<Value> {
  readonly atomic?: true;
  readonly embedded?: true;
  readonly retainKeys?: true;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

/** Unknown fields are pruned or refused. Every field is required unless it is `optional` or has a default. */
export function object<F extends Fields>(
  fields: F,
  rules: ObjectRules<Shape<F>> = {},
): ObjectSchema<Shape<F>> {
  return { ...rules, type: "object", fields, open: false };
}

/** Unknown fields are kept. */
export function open<F extends Fields>(fields: F, rules: ObjectRules<Shape<F>> = {}): ObjectSchema<Shape<F>> {
  return { ...rules, type: "object", fields, open: true };
}

/** May be left out. */
export function optional<S extends Schema>(schema: S): S & { readonly optional: true } {
  return { ...schema, optional: true };
}

interface MapRules<Value> extends Rules<Readonly<Record<string, Value>>> {
  readonly keys?: StringSchema;
  readonly atomic?: true;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

export function map<S extends Schema>(
  values: S,
  rules: MapRules<Infer<S>> = {},
): MapSchema<Readonly<Record<string, Infer<S>>>> {
  return { ...rules, type: "map", values };
}

interface ArrayRules<Value> extends Rules<readonly Value[]> {
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly set?: true;
  readonly mapKeys?: readonly string[];
  readonly repeats?: true;
  readonly patchMergeKey?: string;
  readonly patchMerge?: true;
  readonly retainKeys?: true;
}

export function array<S extends Schema>(
  items: S,
  rules: ArrayRules<Infer<S>> = {},
): ArraySchema<readonly Infer<S>[]> {
  const { set, ...rest } = rules;
  return {
    ...rest,
    type: "array",
    items,
    listType: set === true ? "set" : rules.mapKeys === undefined ? "atomic" : "map",
  };
}

interface StringRules<Value extends string> extends Omit<Rules<NoInfer<Value>>, "default"> {
  readonly enum?: readonly Value[];
  readonly pattern?: string;
  readonly form?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: NoInfer<Value>;
}

/** With `enum` the type is the union of its members. */
export function string<const Value extends string = string>(
  rules: StringRules<Value> = {},
): StringSchema<Value> {
  return { ...rules, type: "string" };
}

interface IntegerRules<Value extends number> extends Omit<Rules<NoInfer<Value>>, "default">, NumericLimits {
  readonly enum?: readonly Value[];
  readonly format?: "int32" | "int64";
  readonly default?: NoInfer<Value>;
}

export function integer<const Value extends number = number>(
  rules: IntegerRules<Value> = {},
): IntegerSchema<Value> {
  return { ...rules, type: "integer" };
}

export function number(rules: Omit<NumberSchema<number>, "type"> = {}): NumberSchema<number> {
  return { ...rules, type: "number" };
}

export function boolean(rules: Rules<boolean> = {}): BooleanSchema<boolean> {
  return { ...rules, type: "boolean" };
}

/** A port by number or by name. */
export function intOrString(rules: Rules<number | string> = {}): IntOrStringSchema<number | string> {
  return { ...rules, type: "intOrString" };
}

/** Any JSON value. */
export function any(rules: Rules<unknown> = {}): AnySchema {
  return { ...rules, type: "any" };
}
