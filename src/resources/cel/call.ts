import type { Frame } from "./budget.ts";
import { CelError } from "./error.ts";
import { comparison, membership } from "./equality.ts";
import type { Node } from "./node.ts";
import type { Overload } from "./overload.ts";
import { functions } from "./library/functions.ts";
import { union } from "./library/operators.ts";
import type { Scope } from "./scope.ts";
import { assignable, DYN, isDyn, same, substitute, type Type, typeText } from "./types.ts";
import { Double, isInt, isMap, typeName, Uint } from "./values.ts";

let table: Map<string, Overload[]> | undefined;

function overloads(): Map<string, Overload[]> {
  if (table === undefined) {
    table = new Map();
    for (const overload of functions()) {
      const known = table.get(overload.name);
      if (known === undefined) {
        table.set(overload.name, [overload]);
      } else {
        known.push(overload);
      }
    }
  }
  return table;
}

/** Names of all functions, those under a prefix with it. */
export function functionNames(): ReadonlyMap<string, unknown> {
  return overloads();
}

type Callable = (frame: Frame, ...args: unknown[]) => unknown;

/** A call of a function or operator. The receiver of a method is the first argument. */
export function callNode(
  scope: Scope,
  at: number,
  name: string,
  member: boolean,
  args: readonly Node[],
): Node {
  const types = args.map((arg) => arg.type);
  if (name === "_==_" || name === "_!=_") {
    require(scope, at, name, member, types, assignable(types[0]!, types[1]!) ||
      assignable(types[1]!, types[0]!));
    return comparison(name === "_!=_", args[0]!, args[1]!);
  }
  const named = overloads().get(name);
  if (named === undefined) {
    throw scope.error(at, `undeclared reference to '${name}'`);
  }
  const fitting: { overload: Overload; result: Type }[] = [];
  for (const overload of named) {
    const bound = new Map<string, Type>();
    if (
      overload.member === member &&
      overload.params.length === types.length &&
      overload.params.every((param, index) => assignable(types[index]!, param, bound))
    ) {
      fitting.push({ overload, result: substitute(overload.result, bound) });
    }
  }
  require(scope, at, name, member, types, fitting.length > 0);
  const first = fitting[0]!;
  checkLiterals(scope, at, first.overload, args);
  const type = fitting.every(({ result }) => same(result, first.result)) ? first.result : DYN;
  if (name === "@in" && fitting.length === 1) {
    const node = membership(args[0]!, args[1]!);
    if (node !== undefined) {
      return node;
    }
  }
  const certain =
    fitting.length === 1 && !types.some((arg, index) => uncertain(arg, first.overload.params[index]!));
  const callable = certain
    ? (first.overload.run as Callable)
    : dispatcher(
        name,
        fitting.map(({ overload }) => overload),
      );
  if (name === "_+_" && types[0]!.unordered !== undefined) {
    // Sets and maps by key stay what they are.
    return invocation({ ...type, unordered: types[0]!.unordered }, union(types[0]!) as Callable, args);
  }
  return invocation(type, callable, args);
}

function require(
  scope: Scope,
  at: number,
  name: string,
  member: boolean,
  types: readonly Type[],
  possible: boolean,
): void {
  if (!possible) {
    const texts = types.map(typeText);
    const receiver = member ? `${texts.shift()}.` : "";
    throw scope.error(
      at,
      `no such overload: '${name}' cannot be applied to ${receiver}(${texts.join(", ")})`,
    );
  }
}

function uncertain(arg: Type, param: Type): boolean {
  return isDyn(arg) && param.kind !== "param" && param.kind !== "dyn";
}

function checkLiterals(scope: Scope, at: number, overload: Overload, args: readonly Node[]): void {
  if (overload.literal === undefined) {
    return;
  }
  try {
    const values = args.map((arg) => arg.constant?.value);
    (overload.literal as (...values: unknown[]) => void)(...values);
  } catch (error) {
    throw scope.error(at, error instanceof Error ? error.message : String(error));
  }
}

/** Picks the overload when the arguments are there. */
function dispatcher(name: string, candidates: readonly Overload[]): Callable {
  return (frame, ...values) => {
    const args = values.map(asDouble);
    for (const { params, run } of candidates) {
      if (params.every((param, index) => fits(args[index], param) || isIndex(name, args[index], param))) {
        return (run as Callable)(frame, ...args);
      }
    }
    throw new CelError(`no such overload: '${name}' cannot be applied to (${args.map(typeName).join(", ")})`);
  };
}

/** JSON's numbers with a fraction are doubles. */
function asDouble(value: unknown): unknown {
  return typeof value === "number" && !isInt(value) ? new Double(value) : value;
}

/** Lists may be indexed by any number whose type is not known before. */
function isIndex(name: string, value: unknown, param: Type): boolean {
  return name.startsWith("_[") && param.kind === "int" && (value instanceof Double || value instanceof Uint);
}

function fits(value: unknown, type: Type): boolean {
  if (type.kind === "param" || isDyn(type)) {
    return true;
  }
  return type.kind === "object" || type.kind === "map" ? isMap(value) : typeName(value) === type.name;
}

function invocation(type: Type, callable: Callable, args: readonly Node[]): Node {
  const cost = args.reduce((sum, arg) => sum + arg.cost, 1);
  const [a, b, c] = args.map((arg) => arg.run);
  switch (args.length) {
    case 0:
      return { type, cost, run: (frame) => callable(frame) };
    case 1:
      return { type, cost, run: (frame) => callable(frame, a!(frame)) };
    case 2: {
      const second = args[1]!.constant;
      if (second !== undefined) {
        const { value } = second;
        return { type, cost, run: (frame) => callable(frame, a!(frame), value) };
      }
      return { type, cost, run: (frame) => callable(frame, a!(frame), b!(frame)) };
    }
    case 3:
      return { type, cost, run: (frame) => callable(frame, a!(frame), b!(frame), c!(frame)) };
    default:
      return { type, cost, run: (frame) => callable(frame, ...args.map((arg) => arg.run(frame))) };
  }
}
