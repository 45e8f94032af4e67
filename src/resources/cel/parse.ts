import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { CelError, position } from "./error.ts";
import { type Marks, scan } from "./scan.ts";
import type { Expr, Fold, Literal, Macro } from "./syntax.ts";

type ParsedExpr = ReturnType<typeof import("@bufbuild/cel").parse>;
type LibraryExpr = ParsedExpr["expr"];

/** As in kube-apiserver's parser: longer expressions are refused. */
const MAX_LENGTH = 100_000;
const MAX_DEPTH = 500;

const KNOWN_MAX = 2000;
const known = new Map<string, Expr>();
let library: ((text: string) => ParsedExpr) | undefined;

/** Parses an expression; macros come out as `fold`. Throws `CelError` with the position. */
export function parse(text: string): Expr {
  let expr = known.get(text);
  if (expr === undefined) {
    expr = parseNew(text);
    if (known.size >= KNOWN_MAX) {
      known.clear();
    }
    known.set(text, expr);
  }
  return expr;
}

/**
 * The parser without the evaluator: the whole library takes a tenth of a second to load, this file of it a hundredth. Its
 * version is pinned, and the tests fail when the file moves.
 */
function loadParser(): (text: string) => ParsedExpr {
  const load = createRequire(import.meta.url);
  const file = join(dirname(load.resolve("@bufbuild/cel")), "parse.js");
  return (load(file) as Pick<typeof import("@bufbuild/cel"), "parse">).parse;
}

function parseNew(text: string): Expr {
  if (text.length > MAX_LENGTH) {
    throw new CelError(`the expression has ${text.length} characters, at most ${MAX_LENGTH} are allowed`);
  }
  const marks = scan(text);
  library ??= loadParser();
  let parsed;
  try {
    parsed = library(marks.text);
  } catch (error) {
    throw syntaxError(text, error);
  }
  const expr = new Reader(text, marks, parsed).read(parsed.expr, 0);
  const [left] = [...marks.selects, ...marks.indexes, ...marks.items];
  if (left !== undefined) {
    throw new CelError(`${position(text, left)}: nothing can be optional here`);
  }
  return expr;
}

function syntaxError(text: string, error: unknown): CelError {
  if (error instanceof RangeError) {
    return new CelError("the expression nests too deeply");
  }
  const location = (error as { location?: { start?: { offset?: number } } }).location;
  const offset = location?.start?.offset;
  const message = error instanceof Error ? error.message.replace(/^<input>:\d+:\d+: /, "") : String(error);
  return new CelError(`${offset === undefined ? "" : `${position(text, offset)}: `}syntax error: ${message}`);
}

const QUANTIFIERS: ReadonlyMap<string, Macro> = new Map([
  ["all", "all"],
  ["exists", "exists"],
  ["exists_one", "exists_one"],
  ["existsOne", "exists_one"],
] as const);
const TRANSFORMS = new Set<string>(["transformList", "transformMap", "transformMapEntry"]);
const ONE_VARIABLE = new Set<string>(["sortBy", "optMap", "optFlatMap"]);

/** Turns the library's tree into ours. */
class Reader {
  private readonly text: string;
  private readonly marks: Marks;
  private readonly parsed: ParsedExpr;

  constructor(text: string, marks: Marks, parsed: ParsedExpr) {
    this.text = text;
    this.marks = marks;
    this.parsed = parsed;
  }

  read(expr: LibraryExpr, depth: number): Expr {
    const at = this.offset(expr);
    if (depth > MAX_DEPTH) {
      throw this.error(at, "the expression nests too deeply");
    }
    const kind = expr.exprKind;
    const next = (inner: LibraryExpr | undefined): Expr => this.read(inner!, depth + 1);
    switch (kind.case) {
      case "constExpr":
        return this.literal(at, kind.value.constantKind);
      case "identExpr":
        return { kind: "ident", at, name: kind.value.name };
      case "selectExpr": {
        const { field, operand, testOnly } = kind.value;
        // has() stands at its own name; the dot is somewhere behind it.
        const optional = !testOnly && this.marks.selects.delete(at);
        return { kind: "select", at, operand: next(operand), field, test: testOnly, optional };
      }
      case "listExpr":
        return { kind: "list", at, items: this.items(at, kind.value.elements, next) };
      case "structExpr":
        return this.map(at, kind.value, next);
      case "comprehensionExpr":
        return this.comprehension(expr, at, kind.value, next);
      case "callExpr":
        return this.call(at, kind.value, next);
      default:
        throw this.error(at, "syntax error: unexpected expression");
    }
  }

  private literal(
    at: number,
    constant: Extract<LibraryExpr["exprKind"], { case: "constExpr" }>["value"]["constantKind"],
  ): Literal {
    const literal = (type: Literal["type"], value: Literal["value"]): Literal => ({
      kind: "literal",
      at,
      type,
      value,
    });
    switch (constant.case) {
      case "boolValue":
        return literal("bool", constant.value);
      case "int64Value":
        if (BigInt.asIntN(64, constant.value) !== constant.value) {
          throw this.error(at, "syntax error: the integer does not fit into 64 bits");
        }
        return literal("int", constant.value);
      case "uint64Value":
        if (BigInt.asUintN(64, constant.value) !== constant.value) {
          throw this.error(at, "syntax error: the unsigned integer does not fit into 64 bits");
        }
        return literal("uint", constant.value);
      case "doubleValue":
        return literal("double", constant.value);
      case "stringValue":
        return literal("string", constant.value);
      case "bytesValue":
        return literal("bytes", constant.value);
      default:
        return literal("null", null);
    }
  }

  private items(start: number, elements: readonly LibraryExpr[], next: (expr: LibraryExpr) => Expr) {
    let from = start;
    return elements.map((element) => {
      const left = this.leftmost(element);
      const optional = this.takeMark(from, left);
      from = left;
      return { value: next(element), optional };
    });
  }

  private map(
    at: number,
    struct: Extract<LibraryExpr["exprKind"], { case: "structExpr" }>["value"],
    next: (expr: LibraryExpr) => Expr,
  ): Expr {
    if (struct.messageName !== "") {
      throw this.error(at, `undeclared reference to '${struct.messageName}'`);
    }
    let from = at;
    const entries = struct.entries.map(({ keyKind, value }) => {
      const keyExpr = keyKind.value as LibraryExpr;
      const left = this.leftmost(keyExpr);
      const optional = this.takeMark(from, left);
      from = left;
      return { key: next(keyExpr), value: next(value!), optional };
    });
    return { kind: "map", at, entries };
  }

  /** Whether a `?` that no inner literal has used stands between the offsets; uses it. */
  private takeMark(from: number, to: number): boolean {
    for (const mark of this.marks.items) {
      if (mark >= from && mark < to) {
        this.marks.items.delete(mark);
        return true;
      }
    }
    return false;
  }

  private call(
    at: number,
    call: Extract<LibraryExpr["exprKind"], { case: "callExpr" }>["value"],
    next: (expr: LibraryExpr) => Expr,
  ): Expr {
    const name = call.function;
    if (call.target === undefined && name === "has" && call.args.length === 1) {
      throw this.error(at, "has() takes a field, such as has(self.field)");
    }
    const macro = call.target === undefined ? undefined : this.macro(at, call, next);
    if (macro !== undefined) {
      return macro;
    }
    return {
      kind: "call",
      at,
      name: name === "_[_]" && this.marks.indexes.delete(at) ? "_[?_]" : name,
      ...(call.target === undefined ? {} : { target: next(call.target) }),
      args: call.args.map(next),
    };
  }

  /** The macros that the library leaves alone, and those that it does not expand because they are wrong. */
  private macro(
    at: number,
    call: Extract<LibraryExpr["exprKind"], { case: "callExpr" }>["value"],
    next: (expr: LibraryExpr) => Expr,
  ): Fold | undefined {
    const { function: name, args } = call;
    const count = args.length;
    const quantifier = QUANTIFIERS.get(name);
    let variables: number;
    let macro: Macro;
    if (quantifier !== undefined && (count === 2 || count === 3)) {
      macro = quantifier;
      variables = count - 1;
    } else if (TRANSFORMS.has(name) && (count === 3 || count === 4)) {
      macro = name as Macro;
      variables = 2;
    } else if (ONE_VARIABLE.has(name) && count === 2) {
      macro = name as Macro;
      variables = 1;
    } else if ((name === "map" && (count === 2 || count === 3)) || (name === "filter" && count === 2)) {
      macro = name;
      variables = 1;
    } else {
      return undefined;
    }
    const names = args.slice(0, variables).map((arg) => {
      if (arg.exprKind.case !== "identExpr") {
        throw this.error(this.offset(arg), `the variable of ${name}() must be a simple name`);
      }
      return arg.exprKind.value.name;
    });
    if (new Set(names).size < names.length) {
      throw this.error(at, `the variables of ${name}() must have different names`);
    }
    const rest = args.slice(variables);
    const range = next(call.target!);
    return {
      kind: "fold",
      at,
      macro,
      range,
      variables: names,
      ...(rest.length === 2 ? { filter: next(rest[0]!) } : {}),
      body: next(rest.at(-1)!),
    };
  }

  /** A macro that the library has expanded: found again by what it was called. */
  private comprehension(
    expr: LibraryExpr,
    at: number,
    comprehension: Extract<LibraryExpr["exprKind"], { case: "comprehensionExpr" }>["value"],
    next: (expr: LibraryExpr | undefined) => Expr,
  ): Fold {
    const original = this.parsed.sourceInfo?.macroCalls[String(expr.id)]?.exprKind;
    const step = comprehension.loopStep?.exprKind;
    if (original?.case !== "callExpr" || step?.case !== "callExpr") {
      throw this.error(at, "syntax error: unknown macro");
    }
    const name = original.value.function;
    const macro = QUANTIFIERS.get(name) ?? (name as Macro);
    const fold = {
      kind: "fold",
      at,
      macro,
      range: next(comprehension.iterRange),
      variables: [comprehension.iterVar],
    } as const;
    const [first, second] = step.value.args;
    if (macro === "all" || macro === "exists") {
      return { ...fold, body: next(second) };
    }
    if (macro === "exists_one" || macro === "filter") {
      return { ...fold, body: next(first) };
    }
    // accu + [body], for the three-argument map inside filter ? … : accu
    const filtered = step.value.function === "_?_:_";
    const sum = (filtered ? second!.exprKind.value : step.value) as { args: readonly LibraryExpr[] };
    const list = sum.args[1]!.exprKind.value as { elements: readonly LibraryExpr[] };
    return { ...fold, ...(filtered ? { filter: next(first) } : {}), body: next(list.elements[0]) };
  }

  private leftmost(expr: LibraryExpr): number {
    let least = this.offset(expr);
    const kind = expr.exprKind;
    const inner: (LibraryExpr | undefined)[] = [];
    if (kind.case === "callExpr") {
      inner.push(kind.value.target, kind.value.args[0]);
    } else if (kind.case === "selectExpr") {
      inner.push(kind.value.operand);
    } else if (kind.case === "comprehensionExpr") {
      inner.push(kind.value.iterRange);
    }
    for (const part of inner) {
      if (part !== undefined) {
        least = Math.min(least, this.leftmost(part));
      }
    }
    return least;
  }

  private offset(expr: LibraryExpr): number {
    return this.parsed.sourceInfo?.positions[String(expr.id)] ?? 0;
  }

  private error(at: number, message: string): CelError {
    return new CelError(`${position(this.text, at)}: ${message}`);
  }
}
