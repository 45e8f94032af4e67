import { isJsonObject } from "../json.ts";
import { equalValues } from "../equality.ts";
import { invalid, type Fault } from "./fault.ts";
import { notListed, numberFault, stringFault, type NumberLimits, type StringLimits } from "./scalar.ts";
import type { Constraint, Path } from "./schema.ts";

/** Where a value breaks a constraint, and how. */
export interface Breach extends Fault {
  /** Below the value. */
  readonly path: Path;
}

type Constraints = readonly Constraint[];

interface Junctors {
  readonly allOf?: Constraints | undefined;
  readonly anyOf?: Constraints | undefined;
  readonly oneOf?: Constraints | undefined;
  readonly not?: Constraint | undefined;
}

/**
 * The first breach of value validations that say nothing of types, as the API server evaluates them: a limit for
 * strings says nothing about a number, and only enumerations say something about null.
 */
function breachOf(constraint: Constraint, value: unknown, path: Path = []): Breach | undefined {
  const allowed = constraint["enum"];
  if (Array.isArray(allowed) && (value === null || !allowed.some((each) => equalValues(each, value)))) {
    return { ...notListed(textOf(value), allowed.map(textOf)), path };
  }
  if (value === null) return undefined;
  return (
    ownBreach(constraint, value, path) ??
    junctorBreach(constraint, value, path) ??
    (Array.isArray(value) ? itemBreach(constraint, value, path) : undefined) ??
    (isJsonObject(value) ? fieldBreach(constraint, value, path) : undefined)
  );
}

/** Of the value as a whole. */
function ownBreach(constraint: Constraint, value: unknown, path: Path): Breach | undefined {
  const fault = ownFault(constraint, value);
  return fault === undefined ? undefined : { ...fault, path };
}

function ownFault(constraint: Constraint, value: unknown): Fault | undefined {
  if (typeof value === "string") {
    // One holder for each constraint: the compiled pattern is kept by it.
    let limits = strings.get(constraint);
    if (limits === undefined) strings.set(constraint, (limits = stringLimits(constraint)));
    return stringFault(limits, value);
  }
  if (typeof value === "number") return numberFault(numberLimits(constraint), value);
  if (Array.isArray(value)) return countFault(value.length, constraint["minItems"], constraint["maxItems"]);
  if (!isJsonObject(value)) return undefined;
  return countFault(Object.keys(value).length, constraint["minProperties"], constraint["maxProperties"]);
}

const strings = new WeakMap<Constraint, StringLimits>();

function stringLimits(constraint: Constraint): StringLimits {
  const { pattern, format, minLength, maxLength } = constraint as StringLimits;
  return {
    foreign: true,
    ...(pattern !== undefined && { pattern }),
    ...(format !== undefined && { format }),
    ...(minLength !== undefined && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
  };
}

function numberLimits(constraint: Constraint): NumberLimits {
  const { minimum, maximum, multipleOf } = constraint as Readonly<Record<string, number | undefined>>;
  return {
    ...(minimum !== undefined && { min: minimum }),
    ...(maximum !== undefined && { max: maximum }),
    ...(multipleOf !== undefined && { multipleOf }),
    ...(constraint["exclusiveMinimum"] === true && { exclusiveMin: true }),
    ...(constraint["exclusiveMaximum"] === true && { exclusiveMax: true }),
  };
}

/** Counts of entries of lists and maps. */
export function countFault(count: number, least: unknown, most: unknown): Fault | undefined {
  if (typeof most === "number" && count > most) {
    return { message: `Too many entries: ${count}, at most ${most}`, reason: "FieldValueTooMany" };
  }
  if (typeof least === "number" && count < least) {
    return invalid(`Too few entries: ${count}, at least ${least}`);
  }
  return undefined;
}

/** Breaches of what a schema says in `allOf`, `anyOf`, `oneOf` and `not`. */
export function junctorBreach(
  { allOf, anyOf, oneOf, not }: Junctors,
  value: unknown,
  path: Path = [],
): Breach | undefined {
  for (const each of allOf ?? []) {
    const breach = breachOf(each, value, path);
    if (breach !== undefined) return breach;
  }
  if (anyOf !== undefined && anyOf.length > 0) {
    const breaches = anyOf.map((each) => breachOf(each, value, path));
    if (!breaches.includes(undefined)) return noneHolds(breaches as readonly Breach[], path);
  }
  if (oneOf !== undefined && oneOf.length > 0) {
    const breaches = oneOf.map((each) => breachOf(each, value, path));
    const holding = breaches.filter((breach) => breach === undefined).length;
    if (holding === 0) return noneHolds(breaches as readonly Breach[], path);
    if (holding > 1) {
      return { ...invalid(`${holding} of ${oneOf.length} alternatives hold, exactly one must`), path };
    }
  }
  if (not !== undefined && breachOf(not, value, path) === undefined) {
    return { ...invalid("Value is one of those that are excluded"), path };
  }
  return undefined;
}

/** Alternatives whose breach a message tells. */
const TOLD = 3;

function noneHolds(breaches: readonly Breach[], path: Path): Breach {
  if (breaches.length === 1) return breaches[0]!;
  const told = breaches
    .slice(0, TOLD)
    .map((breach) => [...breach.path.slice(path.length), breach.message].join(": "));
  const rest = breaches.length > TOLD ? "; …" : "";
  return { ...invalid(`None of ${breaches.length} alternatives holds: ${told.join("; ")}${rest}`), path };
}

function itemBreach(constraint: Constraint, value: readonly unknown[], path: Path): Breach | undefined {
  const items = constraint["items"];
  if (!isJsonObject(items)) return undefined;
  for (const [index, item] of value.entries()) {
    const breach = breachOf(items, item, [...path, index]);
    if (breach !== undefined) return breach;
  }
  return undefined;
}

function fieldBreach(
  constraint: Constraint,
  value: Readonly<Record<string, unknown>>,
  path: Path,
): Breach | undefined {
  const { required, properties } = constraint;
  for (const name of Array.isArray(required) ? (required as readonly string[]) : []) {
    if (!Object.hasOwn(value, name)) {
      return { message: `Missing field "${name}"`, reason: "FieldValueRequired", path: [...path, name] };
    }
  }
  if (!isJsonObject(properties)) return undefined;
  for (const [name, each] of Object.entries(properties)) {
    if (!Object.hasOwn(value, name)) continue;
    const breach = breachOf(each as Constraint, value[name], [...path, name]);
    if (breach !== undefined) return breach;
  }
  return undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
