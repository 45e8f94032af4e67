import type { Frame } from "./budget.ts";
import { CelError } from "./error.ts";
import type { Compiler } from "./compile.ts";
import { compare } from "./equal.ts";
import { ABSORBED, boolRun } from "./logic.ts";
import type { Node } from "./node.ts";
import type { Fold } from "./syntax.ts";
import { BOOL, DYN, INT, isDyn, list, map, optional, optionalValue, type Type, typeText } from "./types.ts";
import { isMap, keysOf, lookUp, MapBuilder, NONE, Optional, sizeOf, typeName } from "./values.ts";

const COMPARABLE = new Set(["int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes"]);

/** Macros that bind variables. */
export function foldNode(compiler: Compiler, fold: Fold): Node {
  const range = compiler.node(fold.range);
  if (fold.macro === "optMap" || fold.macro === "optFlatMap") {
    return optionalMacro(compiler, fold, range);
  }
  const types = variableTypes(compiler, fold, range.type);
  return compiler.scope.bind(fold.variables, types, (slots) => {
    const filter = fold.filter === undefined ? undefined : compiler.node(fold.filter);
    const body = compiler.node(fold.body);
    const predicate = ["all", "exists", "exists_one", "filter"].includes(fold.macro) ? body : filter;
    if (predicate !== undefined && predicate.type.kind !== "bool" && !isDyn(predicate.type)) {
      const text = typeText(predicate.type);
      throw compiler.scope.error(fold.at, `no such overload: ${fold.macro}() needs a bool, not ${text}`);
    }
    return loop(compiler, fold, range, slots, filter, body);
  });
}

function variableTypes(compiler: Compiler, { at, variables, macro }: Fold, type: Type): Type[] {
  if (type.kind === "list" && macro !== "sortBy") {
    return variables.length === 1 ? [type.params[0]!] : [INT, type.params[0]!];
  }
  if (type.kind === "list" || isDyn(type)) {
    return variables.map(() => type.params[0] ?? DYN);
  }
  if (type.kind === "map" && macro !== "sortBy") {
    return [...type.params].slice(0, variables.length);
  }
  throw compiler.scope.error(at, `${macro}() goes over lists and maps, not over ${typeText(type)}`);
}

/** Calls `step` with the variables set, until it returns false. */
type Each = (frame: Frame, step: () => boolean) => void;

function each(range: Node, slots: readonly number[], cost: number): Each {
  const run = range.run;
  const [first, second] = slots as [number, number | undefined];
  return (frame, step) => {
    const value = run(frame);
    const { slots: variables } = frame;
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        frame.spend(cost);
        variables[first] = second === undefined ? value[index] : index;
        if (second !== undefined) {
          variables[second] = value[index];
        }
        if (!step()) {
          return;
        }
      }
      return;
    }
    if (!isMap(value)) {
      throw new CelError(`no such overload: a ${typeName(value)} cannot be gone over`);
    }
    frame.spend(sizeOf(value));
    for (const key of keysOf(value)) {
      frame.spend(cost);
      variables[first] = key;
      if (second !== undefined) {
        variables[second] = lookUp(value, key);
      }
      if (!step()) {
        return;
      }
    }
  };
}

function loop(
  compiler: Compiler,
  fold: Fold,
  range: Node,
  slots: readonly number[],
  filter: Node | undefined,
  body: Node,
): Node {
  const go = each(range, slots, 1 + (filter ?? body).cost);
  const cost = range.cost + 1;
  const bodyCost = filter === undefined ? 0 : body.cost;
  const keep = filter === undefined ? () => true : boolRun(filter);
  /** Goes over the range and collects what passes the filter. */
  const collect = (frame: Frame, take: (value: unknown) => void): void =>
    go(frame, () => {
      if (keep(frame)) {
        frame.spend(bodyCost);
        take(body.run(frame));
      }
      return true;
    });
  switch (fold.macro) {
    case "all":
    case "exists":
      return { type: BOOL, cost, run: quantifier(go, boolRun(body), fold.macro === "exists") };
    case "exists_one": {
      const test = boolRun(body);
      return {
        type: BOOL,
        cost,
        run: (frame) => {
          let count = 0;
          go(frame, () => {
            count += test(frame) ? 1 : 0;
            return true;
          });
          return count === 1;
        },
      };
    }
    case "filter": {
      const test = boolRun(body);
      const slot = slots[0]!;
      const item = range.type.kind === "list" || range.type.kind === "map" ? range.type.params[0]! : DYN;
      return {
        type: list(item),
        cost,
        run: (frame) => {
          const values: unknown[] = [];
          go(frame, () => {
            if (test(frame)) {
              values.push(frame.slots[slot]);
            }
            return true;
          });
          return values;
        },
      };
    }
    case "map":
    case "transformList":
      return {
        type: list(body.type),
        cost,
        run: (frame) => {
          const values: unknown[] = [];
          collect(frame, (value) => values.push(value));
          return values;
        },
      };
    case "transformMap": {
      const slot = slots[0]!;
      return {
        type: map(
          range.type.kind === "map" ? range.type.params[0]! : range.type.kind === "list" ? INT : DYN,
          body.type,
        ),
        cost,
        run: (frame) => {
          const builder = new MapBuilder();
          collect(frame, (value) => insert(builder, frame.slots[slot], value));
          return builder.build();
        },
      };
    }
    case "transformMapEntry":
      return mapEntries(compiler, fold, cost, body, collect);
    default:
      return sorted(compiler, fold, range, body, cost, slots[0]!, go);
  }
}

/** `all` stops at false and `exists` at true; until then an error only waits. */
function quantifier(go: Each, test: (frame: Frame) => boolean, decisive: boolean): Node["run"] {
  return (frame) => {
    let failure: unknown;
    let decided = false;
    go(frame, () => {
      try {
        decided = test(frame) === decisive;
      } catch (error) {
        if (!(error instanceof CelError) || error.exhausted) {
          throw error;
        }
        frame.spend(ABSORBED);
        failure ??= error;
      }
      return !decided;
    });
    if (!decided && failure !== undefined) {
      throw failure;
    }
    return decided === decisive;
  };
}

function insert(builder: MapBuilder, key: unknown, value: unknown): void {
  if (!builder.set(key, value)) {
    throw new CelError(`the map has the key ${String(key)} twice`);
  }
}

function mapEntries(
  compiler: Compiler,
  fold: Fold,
  cost: number,
  body: Node,
  collect: (frame: Frame, take: (value: unknown) => void) => void,
): Node {
  if (body.type.kind !== "map" && !isDyn(body.type)) {
    throw compiler.scope.error(fold.at, `transformMapEntry() needs a map, not ${typeText(body.type)}`);
  }
  return {
    type: isDyn(body.type) ? map(DYN, DYN) : body.type,
    cost,
    run: (frame) => {
      const builder = new MapBuilder();
      collect(frame, (value) => {
        if (!isMap(value)) {
          throw new CelError(`no such overload: transformMapEntry() needs a map, not ${typeName(value)}`);
        }
        frame.spend(sizeOf(value));
        for (const key of keysOf(value)) {
          insert(builder, key, lookUp(value, key));
        }
      });
      return builder.build();
    },
  };
}

function sorted(
  compiler: Compiler,
  fold: Fold,
  range: Node,
  key: Node,
  cost: number,
  slot: number,
  go: Each,
): Node {
  if (!COMPARABLE.has(key.type.kind) && !isDyn(key.type)) {
    throw compiler.scope.error(fold.at, `sortBy() needs a key that has an order, not ${typeText(key.type)}`);
  }
  return {
    type: isDyn(range.type) ? list(DYN) : range.type,
    cost,
    run: (frame) => {
      const items: { readonly key: unknown; readonly value: unknown }[] = [];
      go(frame, () => {
        items.push({ key: key.run(frame), value: frame.slots[slot] });
        return true;
      });
      frame.spend(items.length * Math.ceil(Math.log2(items.length + 1)));
      return items.toSorted((a, b) => compare(a.key, b.key)).map((item) => item.value);
    },
  };
}

function optionalMacro(compiler: Compiler, fold: Fold, range: Node): Node {
  const flat = fold.macro === "optFlatMap";
  const inner = isDyn(range.type) ? DYN : optionalValue(range.type);
  if (inner === undefined) {
    throw compiler.scope.error(
      fold.at,
      `${fold.macro}() needs an optional value, not ${typeText(range.type)}`,
    );
  }
  return compiler.scope.bind(fold.variables, [inner], ([slot]) => {
    const body = compiler.node(fold.body);
    if (flat && !isDyn(body.type) && optionalValue(body.type) === undefined) {
      throw compiler.scope.error(
        fold.at,
        `optFlatMap() has to give an optional value, not ${typeText(body.type)}`,
      );
    }
    return {
      type: flat ? body.type : optional(body.type),
      cost: range.cost + 1,
      run: (frame) => {
        const value = range.run(frame);
        if (!(value instanceof Optional)) {
          throw new CelError(`no such overload: expected an optional value, not ${typeName(value)}`);
        }
        if (!value.present) {
          return NONE;
        }
        frame.spend(body.cost);
        frame.slots[slot!] = value.value;
        const result = body.run(frame);
        return flat ? result : new Optional(result);
      },
    };
  });
}
