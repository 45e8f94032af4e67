import { decoder } from "./decode.ts";
import { CelError } from "./error.ts";
import type { Node } from "./node.ts";
import type { Scope } from "./scope.ts";
import type { Select } from "./syntax.ts";
import { BOOL, DYN, isDyn, optional, optionalValue, type Type, typeText } from "./types.ts";
import { isMap, lookUp, NONE, Optional, typeName } from "./values.ts";

/** Reads a field; undefined when it is not there. */
type Read = (operand: unknown) => unknown;

/** `operand.field`, `operand.?field` and `has(operand.field)`. */
export function selectNode(scope: Scope, expr: Select, operand: Node): Node {
  const { field, at } = expr;
  const unwrapped = optionalValue(operand.type);
  const { type, read } = reader(scope, at, unwrapped ?? operand.type, field);
  const { run } = operand;
  const cost = operand.cost + 1;
  if (expr.test) {
    return {
      type: BOOL,
      cost: operand.cost,
      run:
        unwrapped === undefined
          ? presence(run, operand.type, field, read)
          : (frame) => {
              const value = run(frame) as Optional;
              return value.present && read(value.value) !== undefined;
            },
    };
  }
  if (unwrapped !== undefined || expr.optional) {
    const wrap = (value: unknown): Optional => {
      const inner = value instanceof Optional ? (value.present ? read(value.value) : undefined) : read(value);
      return inner === undefined
        ? NONE
        : inner instanceof Optional && isDyn(type)
          ? inner
          : new Optional(inner);
    };
    return { type: optional(type), cost, run: (frame) => wrap(run(frame)) };
  }
  if (isDyn(operand.type)) {
    return {
      type,
      cost,
      run: (frame) => {
        const value = run(frame);
        if (value instanceof Optional) {
          const inner = value.present ? read(value.value) : undefined;
          return inner === undefined ? NONE : new Optional(inner);
        }
        return present(read(value), field);
      },
    };
  }
  return { type, cost, run: (frame) => present(read(run(frame)), field) };
}

function presence(run: Node["run"], type: Type, field: string, read: Read): Node["run"] {
  if (isDyn(type)) {
    return (frame) => {
      const value = run(frame);
      return value instanceof Optional
        ? value.present && read(value.value) !== undefined
        : read(value) !== undefined;
    };
  }
  const name = type.fields?.get(field)?.name;
  if (name === undefined || name in Object.prototype) {
    return (frame) => read(run(frame)) !== undefined;
  }
  return (frame) => ((run(frame) as Record<string, unknown>)[name] ?? undefined) !== undefined;
}

function present(value: unknown, field: string): unknown {
  if (value === undefined) {
    throw new CelError(`no such key: ${field}`);
  }
  return value;
}

function reader(scope: Scope, at: number, type: Type, field: string): { type: Type; read: Read } {
  if (isDyn(type)) {
    return { type: DYN, read: (operand) => readDynamic(operand, field) };
  }
  if (type.kind === "map") {
    return {
      type: type.params[1]!,
      read: (operand) => lookUp(operand as Record<string, unknown>, field),
    };
  }
  if (type.kind !== "object") {
    throw scope.error(at, `type ${typeText(type)} has no fields, so there is no '${field}'`);
  }
  const declared = type.fields!.get(field);
  if (declared === undefined) {
    throw scope.error(at, `undefined field '${field}'`);
  }
  const { name } = declared;
  const decode = decoder(declared.type);
  const inherited = name in Object.prototype;
  // A field of an object that is null is a field that is not there.
  if (decode === undefined && !inherited) {
    return {
      type: declared.type,
      read: (operand) => (operand as Record<string, unknown>)[name] ?? undefined,
    };
  }
  return {
    type: declared.type,
    read: (operand) => {
      const value = Object.hasOwn(operand as object, name)
        ? (operand as Record<string, unknown>)[name]
        : undefined;
      return value === null || value === undefined ? undefined : decode === undefined ? value : decode(value);
    },
  };
}

function readDynamic(operand: unknown, field: string): unknown {
  if (!isMap(operand)) {
    throw new CelError(`no such overload: ${typeName(operand)} has no fields, so there is no '${field}'`);
  }
  return lookUp(operand, field);
}
