/** Static types of expressions. Types are compared by structure, objects by identity of their fields. */
export type Kind =
  | "dyn"
  | "free"
  | "null"
  | "bool"
  | "int"
  | "uint"
  | "double"
  | "string"
  | "bytes"
  | "timestamp"
  | "duration"
  | "type"
  | "list"
  | "map"
  | "object"
  | "opaque"
  | "param";

export interface Field {
  /** As in JSON; the map's key is the escaped name. */
  readonly name: string;
  readonly type: Type;
}

export interface Type {
  readonly kind: Kind;
  /** As CEL prints it, without parameters. */
  readonly name: string;
  readonly params: readonly Type[];
  readonly fields?: ReadonlyMap<string, Field>;
  /** Lists whose order does not matter: `set`, or `map` with these keys (names as in JSON). */
  readonly unordered?: { readonly keys?: readonly string[] };
}

function simple(kind: Kind, name: string = kind): Type {
  return { kind, name, params: [] };
}

export const DYN = simple("dyn");
/** The item type of `[]`: anything, and equal to anything. */
export const FREE = simple("free", "dyn");
export const NULL = simple("null", "null_type");
export const BOOL = simple("bool");
export const INT = simple("int");
export const UINT = simple("uint");
export const DOUBLE = simple("double");
export const STRING = simple("string");
export const BYTES = simple("bytes");
export const TIMESTAMP = simple("timestamp", "google.protobuf.Timestamp");
export const DURATION = simple("duration", "google.protobuf.Duration");
export const TYPE = simple("type");
/** Type parameters of function signatures. */
export const A = simple("param", "A");
export const B = simple("param", "B");
export const URL_TYPE = simple("opaque", "kubernetes.URL");
export const IP_TYPE = simple("opaque", "net.IP");
export const CIDR_TYPE = simple("opaque", "net.CIDR");
export const QUANTITY = simple("opaque", "kubernetes.Quantity");
export const SEMVER = simple("opaque", "kubernetes.Semver");
export const FORMAT = simple("opaque", "kubernetes.NamedFormat");

export function list(item: Type): Type {
  return { kind: "list", name: "list", params: [item] };
}

export function map(key: Type, value: Type): Type {
  return { kind: "map", name: "map", params: [key, value] };
}

export function optional(value: Type): Type {
  return { kind: "opaque", name: "optional_type", params: [value] };
}

/** `T` of `optional(T)`. */
export function optionalValue(type: Type): Type | undefined {
  return type.name === "optional_type" ? type.params[0]! : undefined;
}

/** For messages: `list(string)`. */
export function typeText(type: Type): string {
  return type.params.length === 0 ? type.name : `${type.name}(${type.params.map(typeText).join(", ")})`;
}

export function isDyn(type: Type): boolean {
  return type.kind === "dyn" || type.kind === "free";
}

/** Whether a value of the one type may be one of the other; parameters are bound on the way. */
export function assignable(from: Type, to: Type, bound?: Map<string, Type>): boolean {
  if (to.kind === "param") {
    const earlier = bound?.get(to.name);
    if (earlier === undefined || earlier.kind === "free") {
      bound?.set(to.name, from);
      return true;
    }
    if (assignable(from, earlier)) {
      if (isDyn(from)) {
        bound?.set(to.name, from.kind === "free" ? earlier : from);
      }
      return true;
    }
    return false;
  }
  if (isDyn(from) || isDyn(to)) {
    return true;
  }
  if (from.kind === "null" || to.kind === "null") {
    return nullable(from) && nullable(to);
  }
  if (from.kind !== to.kind || from.name !== to.name || from.fields !== to.fields) {
    return false;
  }
  return from.params.every((param, index) => assignable(param, to.params[index]!, bound));
}

/** Types that may be compared with null. */
function nullable(type: Type): boolean {
  return ["null", "object", "opaque", "timestamp", "duration"].includes(type.kind);
}

/** The same type, not merely one that fits. */
export function same(a: Type, b: Type): boolean {
  if (a.kind === "free" || b.kind === "free") {
    return true;
  }
  return (
    a.kind === b.kind &&
    a.name === b.name &&
    a.fields === b.fields &&
    a.params.every((param, index) => same(param, b.params[index]!))
  );
}

/** The type of what is one or the other. */
export function join(a: Type, b: Type): Type {
  if (a.kind === "free" || a.kind === "null") {
    return assignable(a, b) ? b : DYN;
  }
  if (!assignable(b, a)) {
    return DYN;
  }
  if (b.kind === "dyn") {
    return b;
  }
  if (a.params.length > 0 && b.kind === a.kind) {
    return { ...a, params: a.params.map((param, index) => join(param, b.params[index]!)) };
  }
  return a;
}

/** The type with its parameters put in; unbound ones are free. */
export function substitute(type: Type, bound: ReadonlyMap<string, Type>): Type {
  if (type.kind === "param") {
    return bound.get(type.name) ?? FREE;
  }
  return type.params.length === 0
    ? type
    : { ...type, params: type.params.map((param) => substitute(param, bound)) };
}
