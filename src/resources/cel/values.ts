/**
 * Values while an expression runs. JSON values stand for themselves: string, boolean, null, lists as arrays and maps
 * and objects as plain objects. A number without fraction is an int (bigint beyond ±2^53), one with a fraction a
 * double; everything else has a class of its own here or in the library that makes it.
 */

/** A double, also one without a fraction. */
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** Nanoseconds. */
export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** Nanoseconds since 1970. */
export class Timestamp {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

export class TypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** `optional.of(value)` or, with undefined, `optional.none()`. */
export class Optional {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
  get present(): boolean {
    return this.value !== undefined;
  }
}

export const NONE = new Optional(undefined);

/** Values of the Kubernetes libraries: addresses, quantities, versions. */
export abstract class Opaque {
  abstract readonly typeName: string;
  abstract equals(other: Opaque): boolean;
}

export type Int = number | bigint;
/** `Map` for maps that expressions make. */
export type MapValue = Readonly<Record<string, unknown>> | ReadonlyMap<unknown, unknown>;

const INT64_LIMIT = 2 ** 63;

/** Whether a bare JSON number is an int. */
export function isInt(value: unknown): value is Int {
  return (
    typeof value === "bigint" ||
    (typeof value === "number" && Number.isInteger(value) && Math.abs(value) < INT64_LIMIT)
  );
}

/** The number of a double, however it came about; undefined for anything else. */
export function doubleOf(value: unknown): number | undefined {
  if (value instanceof Double) return value.value;
  return typeof value === "number" && !isInt(value) ? value : undefined;
}

/** Name of the value's type, as `type()` shows it. */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return isInt(value) ? "int" : "double";
    default:
  }
  if (value === null) {
    return "null_type";
  }
  if (Array.isArray(value)) {
    return "list";
  }
  if (value instanceof Double) {
    return "double";
  }
  if (value instanceof Uint) {
    return "uint";
  }
  if (value instanceof Uint8Array) {
    return "bytes";
  }
  if (value instanceof Duration) {
    return "google.protobuf.Duration";
  }
  if (value instanceof Timestamp) {
    return "google.protobuf.Timestamp";
  }
  if (value instanceof TypeValue) {
    return "type";
  }
  if (value instanceof Optional) {
    return "optional_type";
  }
  return value instanceof Opaque ? value.typeName : "map";
}

export function isMap(value: unknown): value is MapValue {
  return typeof value === "object" && typeName(value) === "map";
}

/** Numeric keys are equal when their numbers are, whatever their type. */
function keyOf(key: unknown): unknown {
  if (key instanceof Double) {
    return Number.isInteger(key.value) ? normal(BigInt(key.value)) : key.value;
  }
  return key instanceof Uint ? normal(key.value) : key;
}

function normal(value: bigint): Int {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The entry of a map, undefined without one. */
export function lookUp(map: MapValue, key: unknown): unknown {
  if (map instanceof Map) {
    return (map as Map<unknown, { value: unknown }>).get(keyOf(key))?.value;
  }
  if (typeof key === "string" && Object.hasOwn(map, key)) {
    return (map as Record<string, unknown>)[key];
  }
  return undefined;
}

/** A map that an expression makes. Each entry keeps its key in the type it was written in. */
export class MapBuilder {
  private readonly map = new Map<unknown, { readonly key: unknown; readonly value: unknown }>();

  /** False when the key exists. */
  set(key: unknown, value: unknown): boolean {
    const id = keyOf(key);
    if (this.map.has(id)) {
      return false;
    }
    this.map.set(id, { key, value });
    return true;
  }

  /** Takes the place of an earlier value of the key. */
  put(key: unknown, value: unknown): void {
    this.map.set(keyOf(key), { key, value });
  }

  build(): MapValue {
    return this.map;
  }
}

export function sizeOf(map: MapValue): number {
  return map instanceof Map ? map.size : Object.keys(map).length;
}

export function keysOf(map: MapValue): readonly unknown[] {
  return map instanceof Map
    ? [...(map as Map<unknown, { key: unknown }>).values()].map((entry) => entry.key)
    : Object.keys(map);
}
