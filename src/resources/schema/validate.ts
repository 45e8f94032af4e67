import { equalValues } from "../equality.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { countFault, junctorBreach } from "./constraint.ts";
import { oldItems } from "./correlate.ts";
import { invalid, quote, sortOf, type Fault } from "./fault.ts";
import { put } from "./put.ts";
import { Rules } from "./rules.ts";
import { numberFault, stringFault } from "./scalar.ts";
import type {
  ArraySchema,
  Check,
  FieldReason,
  MapSchema,
  ObjectSchema,
  Path,
  Schema,
  StringSchema,
} from "./schema.ts";
import { suggest } from "./suggest.ts";

export interface FieldError extends Fault {
  /** From the root of the value. A missing field is named too, although nothing stands there. */
  readonly path: Path;
  /** Whether the name of the field or what stands in it is at fault. */
  readonly where: "key" | "value";
  /** Values of the enumeration, or names of the known fields. */
  readonly allowed?: readonly string[];
  /** Set when a value of the wrong type stands there: what the schema wants. */
  readonly expected?: Schema["type"];
  /** The bad value, if it is a plain one and no bytes. */
  readonly value?: unknown;
}

export interface Validation<Value> {
  /** Without unknown fields and with defaults filled in. Only meaningful when there is no error. */
  readonly value: Value;
  readonly errors: readonly FieldError[];
  /** Fields that the schema does not know and that `value` has not. */
  readonly unknown: readonly Path[];
}

export interface ValidateOptions {
  /**
   * The object that this one replaces, as it was validated. What is wrong with a value that stays as it was is not
   * reported again; transition rules run.
   */
  readonly previous?: unknown;
  /** Whether unknown fields are errors (default) or just left out. */
  readonly unknown?: "refuse" | "prune";
  /**
   * Whether null in a field that may be absent leaves it out, as API servers have it (default), or is an error: in a
   * text that somebody wrote, something is missing there.
   */
  readonly empty?: "leave out" | "refuse";
}

/** Lists and maps in each other: more is no configuration, and the stack has an end. */
const MAX_DEPTH = 500;

/**
 * Checks any JSON value against a schema as an API server does: leaves out unknown fields, fills in the defaults,
 * checks types and limits, and runs the rules of every value that is sound in itself. Reports every error, never
 * throws. The input is not changed; unknown parts of open objects are shared with it.
 */
export function validate<Value>(
  schema: Schema<Value>,
  input: unknown,
  options: ValidateOptions = {},
): Validation<Value> {
  const visitor = new Visitor(schema, options);
  const value = visitor.visit(schema, input, options.previous);
  return { value: value as Value, errors: visitor.errors, unknown: visitor.unknown };
}

class Visitor {
  readonly unknown: Path[] = [];
  errors: FieldError[] = [];
  private readonly root: Schema;
  private readonly options: ValidateOptions;
  private readonly path: (string | number)[] = [];
  /** Errors of shape so far. Rules of a value run only when its own shape is sound. */
  private unsound = 0;
  /** The same, but for shapes that were excused because they are as before: functions must not see those either. */
  private illTyped = 0;
  private readonly transitions = new Set<FieldError>();
  private rules: Rules | undefined;
  private readonly dropsNulls: boolean;
  private duplicatesBefore: boolean | undefined;

  constructor(root: Schema, options: ValidateOptions) {
    this.root = root;
    this.options = options;
    this.dropsNulls = options.empty !== "refuse";
  }

  /** @param previous What stood there before; undefined if that cannot be told. */
  visit(schema: Schema, input: unknown, previous: unknown): unknown {
    const { unsound, illTyped } = this;
    const first = this.errors.length;
    const value = this.shape(schema, input, previous);
    if (value !== null || schema.nullable !== true) {
      const breach = junctorBreach(schema, value);
      if (breach !== undefined) this.at(breach.path, breach);
    }
    if (schema.checks !== undefined && this.illTyped === illTyped) this.check(schema.checks, value, previous);
    if (this.unsound > unsound && this.excused(value, previous)) this.unsound = unsound;
    if (schema.rules !== undefined && this.unsound === unsound && value !== null) {
      this.applyRules(schema, value, previous);
    }
    if (this.errors.length > first && this.excused(value, previous)) this.excuse(first);
    return value;
  }

  /** Whether what is wrong with a value was accepted before it got wrong. */
  private excused(value: unknown, previous: unknown): boolean {
    return previous !== undefined && equalValues(value, previous);
  }

  private excuse(first: number): void {
    const kept = this.errors.slice(first).filter((error) => this.transitions.has(error));
    this.errors = [...this.errors.slice(0, first), ...kept];
  }

  private shape(schema: Schema, input: unknown, previous: unknown): unknown {
    if (this.path.length > MAX_DEPTH) return this.tooDeep();
    if (input === null && schema.nullable === true) return null;
    switch (schema.type) {
      case "object":
        return isJsonObject(input) ? this.object(schema, input, previous) : this.wrongType(schema, input);
      case "map":
        return isJsonObject(input) ? this.map(schema, input, previous) : this.wrongType(schema, input);
      case "array":
        return Array.isArray(input) ? this.array(schema, input, previous) : this.wrongType(schema, input);
      case "string":
        if (typeof input !== "string") return this.wrongType(schema, input);
        return this.plain(stringFault(schema, input), input, schema.format);
      case "integer":
      case "number": {
        const fits = schema.type === "integer" ? Number.isSafeInteger(input) : Number.isFinite(input);
        if (!fits) return this.wrongType(schema, input);
        return this.plain(numberFault(schema, input as number), input);
      }
      case "boolean":
        if (typeof input !== "boolean") return this.wrongType(schema, input);
        return this.plain(booleanFault(schema.enum, input), input);
      case "intOrString":
        return typeof input === "string" || Number.isSafeInteger(input)
          ? input
          : this.wrongType(schema, input);
      case "any":
        if (schema.object !== undefined && isJsonObject(input)) {
          return this.object(schema.object, input, previous);
        }
        return this.kept(input);
    }
  }

  private object(schema: ObjectSchema, input: JsonObject, previous: unknown): unknown {
    const value = this.fields(schema, input, previous);
    this.plain(countFault(Object.keys(value).length, schema.minProperties, schema.maxProperties), value);
    return value;
  }

  private fields(schema: ObjectSchema, input: JsonObject, previous: unknown): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    for (const name of Object.keys(schema.fields)) {
      const field = schema.fields[name]!;
      let given = Object.hasOwn(input, name) ? input[name] : undefined;
      const empty = given === null && field.nullable !== true;
      if (empty || given === undefined) given = field.default;
      if (given === undefined && empty && !this.dropsNulls) given = null;
      if (given === undefined) {
        if (field.optional !== true) this.missing(name, field, empty);
        continue;
      }
      this.path.push(name);
      put(value, name, this.visit(field, given, memberOf(previous, name)));
      this.path.pop();
    }
    for (const name of Object.keys(input)) {
      if (Object.hasOwn(schema.fields, name)) continue;
      if (schema.open) {
        this.path.push(name);
        put(value, name, this.kept(input[name]));
        this.path.pop();
      } else this.unknownField(name, Object.keys(schema.fields));
    }
    return value;
  }

  private map(schema: MapSchema, input: JsonObject, previous: unknown): unknown {
    const { nullable, default: preset } = schema.values;
    const absent = this.dropsNulls ? undefined : null;
    const entries = Object.entries(input)
      .map(([name, item]) => [name, item === null && nullable !== true ? (preset ?? absent) : item] as const)
      .filter(([, item]) => item !== undefined);
    this.plain(countFault(entries.length, schema.minProperties, schema.maxProperties), input);
    const value: Record<string, unknown> = {};
    for (const [name, item] of entries) {
      this.path.push(name);
      if (schema.keys !== undefined) this.key(schema.keys, name);
      put(value, name, this.visit(schema.values, item, memberOf(previous, name)));
      this.path.pop();
    }
    return value;
  }

  private key(schema: StringSchema, name: string): void {
    const first = this.errors.length;
    this.visit(schema, name, undefined);
    for (let index = first; index < this.errors.length; index++) {
      this.errors[index] = { ...this.errors[index]!, where: "key" };
    }
  }

  private array(schema: ArraySchema, input: readonly unknown[], previous: unknown): unknown {
    this.plain(countFault(input.length, schema.minItems, schema.maxItems), input);
    const first = new Map<string, number>();
    const before = oldItems(schema, previous);
    return input.map((item, index) => {
      const given = item === null && schema.items.nullable !== true ? (schema.items.default ?? null) : item;
      this.path.push(index);
      const { unsound } = this;
      const value = this.visit(schema.items, given, before(given));
      const distinct = schema.listType !== "atomic" && schema.repeats !== true;
      if (distinct && this.unsound === unsound) this.unique(schema, value, index, first);
      this.path.pop();
      return value;
    });
  }

  private unique(schema: ArraySchema, value: unknown, index: number, first: Map<string, number>): void {
    const names = schema.mapKeys ?? [];
    const parts = schema.listType === "set" ? [value] : names.map((name) => memberOf(value, name) ?? null);
    const identity = JSON.stringify(parts.map(sorted));
    const earlier = first.get(identity);
    if (earlier === undefined) {
      first.set(identity, index);
      return;
    }
    if (this.hadDuplicates()) return;
    const shown = parts.map((part) => JSON.stringify(part)).join(", ");
    const what = names.length === 0 ? shown : `${names.join(", ")} ${shown}`;
    const message = `Duplicate: ${what} is in entry ${earlier} of the list too`;
    const at = names.length === 0 ? [] : [names[0]!];
    this.report({ path: [...this.path, ...at], message, where: "value", reason: "FieldValueDuplicate" });
  }

  /** An object that had duplicates may keep and get them: whoever wants them gone does not stop its other changes. */
  private hadDuplicates(): boolean {
    const { previous } = this.options;
    if (previous === undefined) return false;
    this.duplicatesBefore ??= validate(this.root, previous).errors.some(
      ({ reason, message }) => reason === "FieldValueDuplicate" && message.startsWith("Duplicate: "),
    );
    return this.duplicatesBefore;
  }

  private check(checks: readonly Check<never>[], value: unknown, previous: unknown): void {
    const fail = (
      message: string,
      path: Path = [],
      where: "key" | "value" = "value",
      reason: FieldReason = "FieldValueInvalid",
    ) => this.errors.push({ path: [...this.path, ...path], message, where, reason });
    for (const check of checks as readonly Check<unknown>[]) check(value, fail, previous);
  }

  private applyRules(schema: Schema, value: unknown, previous: unknown): void {
    this.rules ??= new Rules();
    for (const { message, reason, path, transition } of this.rules.broken(schema, value, previous)) {
      const error: FieldError = {
        path: [...this.path, ...path],
        message,
        where: "value",
        reason,
        ...valueOf(path.length === 0 ? value : undefined),
      };
      this.errors.push(error);
      if (transition) this.transitions.add(error);
    }
  }

  /** A value that no schema describes. */
  private kept(input: unknown): unknown {
    return isDeep(input, MAX_DEPTH - this.path.length) ? this.tooDeep() : input;
  }

  private tooDeep(): undefined {
    this.at([], invalid(`Too deep: at most ${MAX_DEPTH} lists and maps in each other`));
    this.illTyped++;
  }

  /** What stands there is returned: if it stood there before, it may stay. */
  private wrongType(schema: Schema, input: unknown): unknown {
    const message =
      input === null
        ? `Empty: expected ${wanted[schema.type]}`
        : `Expected ${wanted[schema.type]}, found ${sortOf(input)}`;
    this.illTyped++;
    const reason = "FieldValueTypeInvalid";
    const place = { path: [...this.path], where: "value" as const, expected: schema.type };
    this.report({ ...place, message, reason, ...valueOf(input) });
    return this.kept(input);
  }

  private missing(name: string, { type }: Schema, empty: boolean): void {
    const message = empty ? `Empty: expected ${wanted[type]}` : `Missing field "${name}"`;
    const where = empty ? "value" : "key";
    this.illTyped++;
    this.report({ path: [...this.path, name], message, where, reason: "FieldValueRequired" });
  }

  private unknownField(name: string, allowed: readonly string[]): void {
    const path = [...this.path, name];
    this.unknown.push(path);
    if (this.options.unknown === "prune") return;
    const suggestion = suggest(name, allowed);
    this.illTyped++;
    this.report({
      path,
      message: `Unknown field ${quote(name)}`,
      reason: "FieldValueInvalid",
      allowed,
      where: "key",
      ...(suggestion !== undefined && { suggestion }),
    });
  }

  /** Reports a fault of the value that stands here, and gives the value back. */
  private plain(fault: Fault | undefined, value: unknown, format?: string): unknown {
    if (fault !== undefined) {
      const shown = format === "byte" ? {} : valueOf(value);
      this.illTyped++;
      this.report({ ...fault, path: [...this.path], where: "value", ...shown });
    }
    return value;
  }

  private at(path: Path, { message, reason, allowed, suggestion }: Fault): void {
    this.report({
      path: [...this.path, ...path],
      message,
      reason,
      where: "value",
      ...(allowed !== undefined && { allowed }),
      ...(suggestion !== undefined && { suggestion }),
    });
  }

  private report(error: FieldError): void {
    this.unsound++;
    this.errors.push(error);
  }
}

const wanted: Readonly<Record<Schema["type"], string>> = {
  object: "a map of fields",
  map: "a map",
  array: "a list",
  string: "a string",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  intOrString: "a whole number or a string",
  any: "a value",
};

function booleanFault(allowed: readonly boolean[] | undefined, value: boolean): Fault | undefined {
  if (allowed === undefined || allowed.includes(value)) return undefined;
  const message = `${value} is not an allowed value`;
  return { message, reason: "FieldValueNotSupported", allowed: allowed.map(String) };
}

/** Plain values only: lists and maps are named by their path. */
function valueOf(value: unknown): { readonly value?: unknown } {
  return value === undefined || value === null || typeof value === "object" ? {} : { value };
}

function memberOf(value: unknown, name: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** With the fields of maps in order, for comparison as text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => [name, sorted(each)]);
}

function isDeep(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels <= 0) return true;
  return Object.values(value).some((each) => isDeep(each, levels - 1));
}
