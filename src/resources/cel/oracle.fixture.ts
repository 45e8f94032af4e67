import { parse } from "@bufbuild/cel";

import { CelError } from "./error.ts";
import { literal } from "./literal.ts";
import { globalMacro, memberMacro } from "./macro.ts";
import type { Expr, Literal, Macro } from "./syntax.ts";

type Parsed = ReturnType<typeof parse>;
type Tree = Parsed["expr"];
type Node<Case> = Extract<Tree["exprKind"], { case: Case }>["value"];

/** What another parser makes of a text, in our syntax, for tests. It knows no optional syntax. */
export function otherParse(text: string): Expr {
  return new Reader(text, parse(text)).expr;
}

class Reader {
  readonly expr: Expr;
  private readonly text: string;
  private readonly parsed: Parsed;

  constructor(text: string, parsed: Parsed) {
    this.text = text;
    this.parsed = parsed;
    this.expr = this.read(parsed.expr);
  }

  private read(tree: Tree | undefined): Expr {
    const { id, exprKind } = tree!;
    const at = this.parsed.sourceInfo!.positions[String(id)]!;
    switch (exprKind.case) {
      case "constExpr":
        return this.constant(at, exprKind.value);
      case "identExpr":
        return { kind: "ident", at, name: exprKind.value.name };
      case "selectExpr": {
        const { operand, field, testOnly } = exprKind.value;
        return { kind: "select", at, operand: this.read(operand), field, test: testOnly, optional: false };
      }
      case "callExpr":
        return this.call(at, exprKind.value);
      case "listExpr": {
        const items = exprKind.value.elements.map((item) => ({ value: this.read(item), optional: false }));
        return { kind: "list", at, items };
      }
      case "structExpr":
        return this.map(at, exprKind.value);
      case "comprehensionExpr":
        return this.fold(id, at, exprKind.value);
      default:
        throw new TypeError(`${exprKind.case} is unknown`);
    }
  }

  private constant(at: number, { constantKind }: Node<"constExpr">): Literal {
    switch (constantKind.case) {
      case "boolValue":
        return literal(at, "bool", constantKind.value);
      case "int64Value":
        return literal(at, "int", fitting(constantKind.value, BigInt.asIntN(64, constantKind.value)));
      case "uint64Value":
        return literal(at, "uint", fitting(constantKind.value, BigInt.asUintN(64, constantKind.value)));
      case "doubleValue":
        return literal(at, "double", constantKind.value);
      case "stringValue":
        return literal(at, "string", constantKind.value);
      case "bytesValue":
        return literal(at, "bytes", constantKind.value);
      default:
        return literal(at, "null", null);
    }
  }

  private call(at: number, { function: name, target, args: trees }: Node<"callExpr">): Expr {
    const args = trees.map((tree) => this.read(tree));
    if (target === undefined) {
      return globalMacro(this.text, at, name, args) ?? { kind: "call", at, name, args };
    }
    const receiver = this.read(target);
    return (
      memberMacro(this.text, at, name, receiver, args) ?? { kind: "call", at, name, target: receiver, args }
    );
  }

  private map(at: number, { messageName, entries }: Node<"structExpr">): Expr {
    if (messageName !== "") {
      throw new CelError(`undeclared reference to '${messageName}'`);
    }
    return {
      kind: "map",
      at,
      entries: entries.map(({ keyKind, value }) => ({
        key: this.read(keyKind.value as Tree),
        value: this.read(value),
        optional: false,
      })),
    };
  }

  /** A macro that is expanded to a loop: its name is in the call that the parser kept, its parts are in the step. */
  private fold(id: bigint, at: number, { iterRange, iterVar, loopStep }: Node<"comprehensionExpr">): Expr {
    const kept = this.parsed.sourceInfo!.macroCalls[String(id)]!.exprKind as { value: Node<"callExpr"> };
    const name = kept.value.function;
    const macro = (name === "existsOne" ? "exists_one" : name) as Macro;
    const range = this.read(iterRange);
    const step = loopStep!.exprKind.value as Node<"callExpr">;
    const [first, second] = step.args;
    const fold = { kind: "fold", at, macro, range, variables: [iterVar] } as const;
    if (macro === "all" || macro === "exists") {
      return { ...fold, body: this.read(second) };
    }
    if (macro !== "map") {
      return { ...fold, body: this.read(first) };
    }
    // result + [body], and with a filter: filter ? result + [body] : result
    const filtered = step.function === "_?_:_";
    const sum = filtered ? (second!.exprKind.value as Node<"callExpr">) : step;
    const body = this.read((sum.args[1]!.exprKind.value as Node<"listExpr">).elements[0]);
    return { ...fold, ...(filtered ? { filter: this.read(first) } : {}), body };
  }
}

function fitting(value: bigint, wrapped: bigint): bigint {
  if (value !== wrapped) {
    throw new CelError("the integer does not fit into 64 bits");
  }
  return value;
}
