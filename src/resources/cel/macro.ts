import { CelError, position } from "./error.ts";
import type { Expr, Fold, Macro } from "./syntax.ts";

/** How many variables a macro binds, by how many arguments it has; behind them stand a filter, if any, and the body. */
type Forms = Readonly<Record<number, 1 | 2>>;

const QUANTIFIER: Forms = { 2: 1, 3: 2 };
const TRANSFORM: Forms = { 3: 2, 4: 2 };
const ONE_VARIABLE: Forms = { 2: 1 };

const MACROS: ReadonlyMap<string, readonly [macro: Macro, forms: Forms]> = new Map([
  ["all", ["all", QUANTIFIER]],
  ["exists", ["exists", QUANTIFIER]],
  ["exists_one", ["exists_one", QUANTIFIER]],
  ["existsOne", ["exists_one", QUANTIFIER]],
  ["map", ["map", { 2: 1, 3: 1 }]],
  ["filter", ["filter", ONE_VARIABLE]],
  ["transformList", ["transformList", TRANSFORM]],
  ["transformMap", ["transformMap", TRANSFORM]],
  ["transformMapEntry", ["transformMapEntry", TRANSFORM]],
  ["sortBy", ["sortBy", ONE_VARIABLE]],
  ["optMap", ["optMap", ONE_VARIABLE]],
  ["optFlatMap", ["optFlatMap", ONE_VARIABLE]],
]);

/** The macro that a call of a method is, undefined when it is a plain one. Throws `CelError` for bad variables. */
export function memberMacro(
  text: string,
  at: number,
  name: string,
  range: Expr,
  args: readonly Expr[],
): Fold | undefined {
  const [macro, forms] = MACROS.get(name) ?? [];
  const count = forms?.[args.length];
  if (macro === undefined || count === undefined) {
    return undefined;
  }
  const variables = args.slice(0, count).map((arg) => {
    if (arg.kind !== "ident") {
      throw new CelError(`${position(text, arg.at)}: the variable of ${name}() must be a simple name`);
    }
    return arg.name;
  });
  if (new Set(variables).size < variables.length) {
    throw new CelError(`${position(text, at)}: the variables of ${name}() must have different names`);
  }
  const body = args.at(-1)!;
  const filter = args.length - count === 2 ? args[count] : undefined;
  return { kind: "fold", at, macro, range, variables, ...(filter === undefined ? {} : { filter }), body };
}

/** What a call of a function by its name is: `has` asks whether there is a field. */
export function globalMacro(text: string, at: number, name: string, args: readonly Expr[]): Expr | undefined {
  const [field] = args;
  if (name !== "has" || field === undefined || args.length > 1) {
    return undefined;
  }
  if (field.kind !== "select" || field.optional) {
    throw new CelError(`${position(text, at)}: has() takes a field, such as has(self.field)`);
  }
  return { ...field, at, test: true };
}
