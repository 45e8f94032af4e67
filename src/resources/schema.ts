/**
 * Structural schemas as plain data: one tree per kind says its types, limits, defaults and list semantics, and
 * TypeScript reads the type of a validated value from it (`Infer`). `validate.ts` runs it; nothing here does.
 * Cross-field rules (the API's CEL rules) are functions in `checks`.
 */
declare const typed: unique symbol;

export type Path = readonly (string | number)[];

/** Reports a broken rule; `path` is relative to the value that is checked. */
export type Fail = (message: string, path?: Path, where?: "key" | "value") => void;

/** Runs on a well-typed value with its defaults filled in, so it never needs to look at types. */
export type Check<Value> = (value: Value, fail: Fail) => void;

interface Common<Value> {
  /** Exists in the type only: carries the type of a validated value. */
  readonly [typed]?: Value;
  readonly optional?: true;
  /** As a user would write it: its own inner defaults are filled in when it is used. */
  readonly default?: unknown;
  readonly checks?: readonly Check<never>[];
}

export interface ObjectSchema<Value = unknown> extends Common<Value> {
  readonly type: "object";
  readonly fields: Readonly<Record<string, Schema>>;
  /** Unknown fields are kept, and a null is a field left out: how the API treats its built-in kinds. */
  readonly open: boolean;
}

export interface MapSchema<Value = unknown> extends Common<Value> {
  readonly type: "map";
  readonly values: Schema;
  readonly keys?: StringSchema;
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
}

export interface StringSchema<Value = unknown> extends Common<Value> {
  readonly type: "string";
  readonly enum?: readonly string[];
  readonly pattern?: string;
  /** What the pattern means, for people: `a DNS label: ...`. */
  readonly form?: string;
  readonly format?: "date-time" | "byte";
  /** Unicode code points. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** An update may not change it. */
  readonly immutable?: true;
}

export interface IntegerSchema<Value = unknown> extends Common<Value> {
  readonly type: "integer";
  readonly format?: "int32";
  readonly enum?: readonly number[];
  readonly min?: number;
  readonly max?: number;
}

export interface BooleanSchema<Value = unknown> extends Common<Value> {
  readonly type: "boolean";
}

export interface IntOrStringSchema<Value = unknown> extends Common<Value> {
  readonly type: "intOrString";
}

export type Schema<Value = unknown> =
  | ObjectSchema<Value>
  | MapSchema<Value>
  | ArraySchema<Value>
  | StringSchema<Value>
  | IntegerSchema<Value>
  | BooleanSchema<Value>
  | IntOrStringSchema<Value>;

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

interface Rules<Value> {
  readonly default?: unknown;
  readonly checks?: readonly Check<Value>[];
}

/** Unknown fields are errors. Every field is required unless it is `optional` or has a default. */
export function object<F extends Fields>(fields: F, rules: Rules<Shape<F>> = {}): ObjectSchema<Shape<F>> {
  return { ...rules, type: "object", fields, open: false };
}

/** An object of a built-in kind: unknown fields are kept. */
export function open<F extends Fields>(fields: F, rules: Rules<Shape<F>> = {}): ObjectSchema<Shape<F>> {
  return { ...rules, type: "object", fields, open: true };
}

/** May be left out. */
export function optional<S extends Schema>(schema: S): S & { readonly optional: true } {
  return { ...schema, optional: true };
}

interface MapRules<Value> extends Rules<Readonly<Record<string, Value>>> {
  readonly keys?: StringSchema;
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

interface StringRules<Value extends string> {
  readonly enum?: readonly Value[];
  readonly pattern?: string;
  readonly form?: string;
  readonly format?: "date-time" | "byte";
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly immutable?: true;
  readonly default?: NoInfer<Value>;
  readonly checks?: readonly Check<NoInfer<Value>>[];
}

/** With `enum` the type is the union of its members. */
export function string<const Value extends string = string>(
  rules: StringRules<Value> = {},
): StringSchema<Value> {
  return { ...rules, type: "string" };
}

interface IntegerRules<Value extends number> {
  readonly enum?: readonly Value[];
  readonly format?: "int32";
  readonly min?: number;
  readonly max?: number;
  readonly default?: NoInfer<Value>;
}

export function integer<const Value extends number = number>(
  rules: IntegerRules<Value> = {},
): IntegerSchema<Value> {
  return { ...rules, type: "integer" };
}

export function boolean(rules: { readonly default?: boolean } = {}): BooleanSchema<boolean> {
  return { ...rules, type: "boolean" };
}

/** A port by number or by name. */
export function intOrString(): IntOrStringSchema<number | string> {
  return { type: "intOrString" };
}
