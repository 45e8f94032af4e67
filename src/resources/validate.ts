import type {
  ArraySchema,
  Check,
  IntegerSchema,
  MapSchema,
  ObjectSchema,
  Path,
  Schema,
  StringSchema,
} from "./schema.ts";
import { suggest } from "./suggest.ts";

export interface FieldError {
  /** From the root of the value. A missing field is named too, although nothing stands there. */
  readonly path: Path;
  readonly message: string;
  /** Values of the enumeration, or names of the known fields. */
  readonly allowed?: readonly string[];
  /** What the user probably meant. */
  readonly suggestion?: string;
  /** Whether the name of the field or what stands in it is at fault. */
  readonly where: "key" | "value";
  /** Set when a value of the wrong type stands there: what the schema wants. */
  readonly expected?: Schema["type"];
}

export interface Validation<Value> {
  /** With defaults filled in. Only meaningful when there is no error. */
  readonly value: Value;
  readonly errors: readonly FieldError[];
}

const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);

/**
 * Checks any JSON value against a schema and fills in the defaults. Reports every error, never throws.
 * The input is not changed; unknown parts of open objects are shared with it.
 *
 * @param previous The object that this one replaces: immutable fields must be equal.
 */
export function validate<Value>(
  schema: Schema<Value>,
  input: unknown,
  previous?: unknown,
): Validation<Value> {
  const visitor = new Visitor();
  const value = visitor.visit(schema, input, previous);
  return { value: value as Value, errors: visitor.errors };
}

class Visitor {
  readonly errors: FieldError[] = [];
  private readonly path: (string | number)[] = [];
  /** Errors of shape so far. Cross-field checks of a value run only when its own shape is sound. */
  private unsound = 0;

  visit(schema: Schema, input: unknown, previous: unknown): unknown {
    const before = this.unsound;
    const value = this.shape(schema, input, previous);
    if (schema.checks !== undefined && this.unsound === before) this.check(schema.checks, value);
    return value;
  }

  private shape(schema: Schema, input: unknown, previous: unknown): unknown {
    switch (schema.type) {
      case "object":
        return isObject(input) ? this.object(schema, input, previous) : this.wrongType(schema, input);
      case "map":
        return isObject(input) ? this.map(schema, input) : this.wrongType(schema, input);
      case "array":
        return Array.isArray(input) ? this.array(schema, input) : this.wrongType(schema, input);
      case "string":
        return typeof input === "string"
          ? this.string(schema, input, previous)
          : this.wrongType(schema, input);
      case "integer":
        return Number.isSafeInteger(input)
          ? this.integer(schema, input as number)
          : this.wrongType(schema, input);
      case "boolean":
        return typeof input === "boolean" ? input : this.wrongType(schema, input);
      case "intOrString":
        return typeof input === "string" || Number.isSafeInteger(input)
          ? input
          : this.wrongType(schema, input);
    }
  }

  private object(schema: ObjectSchema, input: Record<string, unknown>, previous: unknown): unknown {
    const value: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(schema.fields)) {
      let given = Object.hasOwn(input, name) ? input[name] : undefined;
      // The API drops nulls where a default or a built-in kind stands, and refuses the others.
      if (given === null && (field.default !== undefined || schema.open)) given = undefined;
      if (given === undefined) given = field.default;
      if (given === undefined) {
        if (field.optional !== true) this.missing(name);
        continue;
      }
      const old = isObject(previous) && Object.hasOwn(previous, name) ? previous[name] : undefined;
      this.path.push(name);
      value[name] = this.visit(field, given, old);
      this.path.pop();
    }
    for (const name of Object.keys(input)) {
      if (Object.hasOwn(schema.fields, name)) continue;
      if (schema.open) put(value, name, input[name]);
      else this.unknownField(name, Object.keys(schema.fields));
    }
    return value;
  }

  private map(schema: MapSchema, input: Record<string, unknown>): unknown {
    const value: Record<string, unknown> = {};
    const entries = Object.entries(input);
    if (schema.maxProperties !== undefined && entries.length > schema.maxProperties) {
      this.fault(`Too many entries: ${entries.length}, at most ${schema.maxProperties}`);
    }
    for (const [name, given] of entries) {
      this.path.push(name);
      if (schema.keys !== undefined) this.key(schema.keys, name);
      put(value, name, this.visit(schema.values, given, undefined));
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

  private array(schema: ArraySchema, input: readonly unknown[]): unknown {
    const { minItems = 0, maxItems = Infinity } = schema;
    if (input.length > maxItems) this.fault(`Too many entries: ${input.length}, at most ${maxItems}`);
    if (input.length < minItems) this.fault(`Too few entries: ${input.length}, at least ${minItems}`);
    const first = new Map<string, number>();
    return input.map((item, index) => {
      this.path.push(index);
      const before = this.unsound;
      const value = this.visit(schema.items, item, undefined);
      if (schema.listType !== "atomic" && this.unsound === before) this.unique(schema, value, index, first);
      this.path.pop();
      return value;
    });
  }

  private unique(schema: ArraySchema, value: unknown, index: number, first: Map<string, number>): void {
    const names = schema.mapKeys ?? [];
    const parts = schema.listType === "set" ? [value] : names.map((name) => member(value, name));
    const identity = JSON.stringify(parts);
    const earlier = first.get(identity);
    if (earlier === undefined) {
      first.set(identity, index);
      return;
    }
    const shown = parts.map((part) => JSON.stringify(part)).join(", ");
    const what = names.length === 0 ? shown : `${names.join(", ")} ${shown}`;
    const at = names.length === 0 ? [] : [names[0]!];
    this.report({
      path: [...this.path, ...at],
      message: `Duplicate: ${what} is in entry ${earlier} of the list too`,
      where: "value",
    });
  }

  private string(schema: StringSchema, value: string, previous: unknown): string {
    if (schema.immutable === true && previous !== undefined && previous !== value) {
      this.fault("Field cannot be changed: delete the object and create it anew");
    }
    if (schema.enum !== undefined) {
      if (!schema.enum.includes(value)) this.notListed(value, schema.enum);
      return value;
    }
    const length = codePoints(value);
    const { minLength = 0, maxLength = Infinity } = schema;
    if (length < minLength) {
      this.fault(length === 0 ? "Empty string" : `Too short: ${length} characters, at least ${minLength}`);
    } else if (length > maxLength) {
      this.fault(`Too long: ${length} characters, at most ${maxLength}`);
    } else if (schema.pattern !== undefined && !compiled(schema.pattern).test(value)) {
      // The pattern is tried only on strings of allowed length, so its cost is bounded.
      this.fault(`${quote(value)} is not ${schema.form ?? `of the form ${schema.pattern}`}`);
    }
    if (schema.format === "date-time" && Number.isNaN(Date.parse(value))) {
      this.fault(`${quote(value)} is not a point in time such as 2026-01-31T12:00:00Z`);
    }
    return value;
  }

  private integer(schema: IntegerSchema, value: number): number {
    if (schema.enum !== undefined) {
      if (!schema.enum.includes(value)) this.notListed(String(value), schema.enum.map(String));
      return value;
    }
    const int32 = schema.format === "int32";
    const min = schema.min ?? (int32 ? INT32_MIN : -Infinity);
    const max = schema.max ?? (int32 ? INT32_MAX : Infinity);
    if (value < min) this.fault(`${value} is too small: at least ${min}`);
    if (value > max) this.fault(`${value} is too large: at most ${max}`);
    return value;
  }

  private check(checks: readonly Check<never>[], value: unknown): void {
    for (const check of checks as readonly Check<unknown>[]) {
      check(value, (message, path = [], where = "value") =>
        this.errors.push({ path: [...this.path, ...path], message, where }),
      );
    }
  }

  private wrongType(schema: Schema, input: unknown): undefined {
    const message =
      input === null
        ? `Empty: expected ${wanted[schema.type]}`
        : `Expected ${wanted[schema.type]}, found ${found(input)}`;
    this.report({ path: [...this.path], message, where: "value", expected: schema.type });
  }

  private missing(name: string): void {
    this.report({ path: [...this.path, name], message: `Missing field "${name}"`, where: "key" });
  }

  private unknownField(name: string, allowed: readonly string[]): void {
    const suggestion = suggest(name, allowed);
    this.report({
      path: [...this.path, name],
      message: `Unknown field ${quote(name)}`,
      allowed,
      where: "key",
      ...(suggestion !== undefined && { suggestion }),
    });
  }

  private notListed(value: string, allowed: readonly string[]): void {
    const suggestion = suggest(value, allowed);
    this.report({
      path: [...this.path],
      message: value === "" ? "Empty string" : `${quote(value)} is not an allowed value`,
      allowed,
      where: "value",
      ...(suggestion !== undefined && { suggestion }),
    });
  }

  private fault(message: string): void {
    this.report({ path: [...this.path], message, where: "value" });
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
  boolean: "true or false",
  intOrString: "a whole number or a string",
};

function found(input: unknown): string {
  if (Array.isArray(input)) return "a list";
  switch (typeof input) {
    case "object":
      return "a map";
    case "string":
      return "a string";
    case "boolean":
      return "true or false";
    case "number":
      return Number.isInteger(input) ? "a number" : "a fraction";
    default:
      return "something else";
  }
}

/** Characters of a value that a message repeats: enough to recognise it, never a screenful. */
const QUOTED_LENGTH = 80;

function quote(value: string): string {
  return JSON.stringify(value.length > QUOTED_LENGTH ? `${value.slice(0, QUOTED_LENGTH)}…` : value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function member(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : null;
}

/** Assignment that also takes the name `__proto__` for what it is here: a name. */
function put(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") {
    Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
  } else {
    target[name] = value;
  }
}

function codePoints(value: string): number {
  let count = 0;
  for (const _ of value) count++;
  return count;
}

const patterns = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  let expression = patterns.get(pattern);
  if (expression === undefined) patterns.set(pattern, (expression = new RegExp(pattern, "u")));
  return expression;
}
