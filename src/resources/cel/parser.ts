import { MAX_DEPTH } from "./depth.ts";
import { isReserved } from "./escape.ts";
import { literal, numberLiteral } from "./literal.ts";
import { globalMacro, memberMacro } from "./macro.ts";
import { type Kind, Scanner } from "./scan.ts";
import type { Call, Expr, ListLiteral, Literal, MapLiteral } from "./syntax.ts";

interface Infix {
  /** Greater binds tighter. */
  readonly rank: number;
  readonly name: string;
}

const LOGIC = 2;
const INFIXES: ReadonlyMap<Kind, Infix> = new Map<Kind, Infix>([
  ["||", { rank: 1, name: "_||_" }],
  ["&&", { rank: LOGIC, name: "_&&_" }],
  ...(["<", "<=", ">", ">=", "==", "!="] as const).map(
    (kind) => [kind, { rank: 3, name: `_${kind}_` }] as const,
  ),
  ["in", { rank: 3, name: "@in" }],
  ...(["+", "-"] as const).map((kind) => [kind, { rank: 4, name: `_${kind}_` }] as const),
  ...(["*", "/", "%"] as const).map((kind) => [kind, { rank: 5, name: `_${kind}_` }] as const),
]);

/** The grammar of CEL (langdef.md, "Syntax") with the optional syntax of Kubernetes, by recursive descent. */
export class Parser {
  private readonly text: string;
  private readonly tokens: Scanner;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
    this.tokens = new Scanner(text);
  }

  /** All of the text as one expression. Throws `CelError`. */
  whole(): Expr {
    const expr = this.expression();
    if (this.tokens.kind !== "end") {
      throw this.tokens.unexpected("an operator or the end");
    }
    return expr;
  }

  private expression(): Expr {
    if (this.depth++ > MAX_DEPTH) {
      throw this.tokens.error(this.tokens.start, "the expression nests too deeply");
    }
    const condition = this.infix(1);
    const at = this.tokens.start;
    let result = condition;
    if (this.tokens.accept("?")) {
      const yes = this.infix(1);
      this.tokens.expect(":", "':' of the condition");
      result = call(at, "_?_:_", [condition, yes, this.expression()]);
    }
    this.depth--;
    return result;
  }

  /** Operators of a rank and tighter ones, all of which are left-associative. */
  private infix(least: number): Expr {
    let left = this.unary();
    for (;;) {
      const { kind, start } = this.tokens;
      const infix = INFIXES.get(kind);
      if (infix === undefined || infix.rank < least) {
        return left;
      }
      if (infix.rank <= LOGIC) {
        left = this.logic(kind, infix, left);
      } else {
        this.tokens.advance();
        left = call(start, infix.name, [left, this.infix(infix.rank + 1)]);
      }
    }
  }

  /** Terms of one `&&` or `||` make a balanced tree, so that many do not nest deeply. */
  private logic(kind: Kind, { rank, name }: Infix, first: Expr): Expr {
    const terms = [first];
    const offsets: number[] = [];
    for (let at = this.tokens.start; this.tokens.accept(kind); at = this.tokens.start) {
      offsets.push(at);
      terms.push(this.infix(rank + 1));
    }
    const tree = (low: number, high: number): Expr => {
      if (low > high) {
        return terms[low]!;
      }
      const middle = Math.floor((low + high + 1) / 2);
      return call(offsets[middle]!, name, [tree(low, middle - 1), tree(middle + 1, high)]);
    };
    return tree(0, offsets.length - 1);
  }

  private unary(): Expr {
    const { kind, start } = this.tokens;
    if (kind !== "!" && kind !== "-") {
      return this.member(this.primary());
    }
    let count = 0;
    while (this.tokens.accept(kind)) {
      count++;
    }
    if (kind === "-" && count === 1 && this.atNumber()) {
      return this.member(this.number(start, true));
    }
    const operand = this.member(this.primary());
    return count % 2 === 0 ? operand : call(start, `${kind}_`, [operand]);
  }

  /** Whatever is selected, called and indexed behind an operand. */
  private member(operand: Expr): Expr {
    let expr = operand;
    for (;;) {
      const at = this.tokens.start;
      if (this.tokens.accept(".")) {
        expr = this.select(at, expr);
      } else if (this.tokens.accept("[")) {
        const name = this.tokens.accept("?") ? "_[?_]" : "_[_]";
        const index = this.expression();
        this.tokens.expect("]", "']'");
        expr = call(at, name, [expr, index]);
      } else {
        const message = this.tokens.kind === "{" ? dotted(expr) : undefined;
        if (message === undefined) {
          return expr;
        }
        // A message literal: none of our environments declares a type of messages.
        throw this.tokens.error(operand.at, `undeclared reference to '${message}'`);
      }
    }
  }

  private select(at: number, operand: Expr): Expr {
    const optional = this.tokens.accept("?");
    const field = this.name("the name of a field or method");
    if (optional || !this.tokens.accept("(")) {
      return { kind: "select", at, operand, field, test: false, optional };
    }
    const args = this.args();
    return (
      memberMacro(this.text, at, field, operand, args) ?? {
        kind: "call",
        at,
        name: field,
        target: operand,
        args,
      }
    );
  }

  private primary(): Expr {
    const { kind, start, value } = this.tokens;
    switch (kind) {
      case "name":
      case ".":
        return this.reference(start);
      case "true":
      case "false":
        this.tokens.advance();
        return literal(start, "bool", kind === "true");
      case "null":
        this.tokens.advance();
        return literal(start, "null", null);
      case "string":
      case "bytes":
        this.tokens.advance();
        return literal(start, kind, value!);
      case "-":
        this.tokens.advance();
        if (!this.atNumber()) {
          throw this.tokens.unexpected("a number");
        }
        return this.number(start, true);
      case "int":
      case "uint":
      case "double":
        return this.number(start, false);
      case "(": {
        this.tokens.advance();
        const expr = this.expression();
        this.tokens.expect(")", "')'");
        return expr;
      }
      case "[":
        return this.list(start);
      case "{":
        return this.map(start);
      default:
        throw this.tokens.unexpected("a value");
    }
  }

  /** A variable, type or function. A dot before it asks for the outermost scope, which is not told from inner ones. */
  private reference(at: number): Expr {
    this.tokens.accept(".");
    const { start } = this.tokens;
    const name = this.name("a name");
    if (isReserved(name)) {
      throw this.tokens.error(start, `syntax error: '${name}' is reserved and cannot be a name`);
    }
    if (!this.tokens.accept("(")) {
      return { kind: "ident", at, name };
    }
    const args = this.args();
    return globalMacro(this.text, at, name, args) ?? call(at, name, args);
  }

  /** Arguments behind the opening bracket, and the closing one. */
  private args(): Expr[] {
    const args: Expr[] = [];
    if (!this.tokens.accept(")")) {
      do {
        args.push(this.expression());
      } while (this.tokens.accept(","));
      this.tokens.expect(")", "',' or ')'");
    }
    return args;
  }

  private list(at: number): ListLiteral {
    const items: ListLiteral["items"][number][] = [];
    this.elements("]", () => {
      const optional = this.tokens.accept("?");
      items.push({ value: this.expression(), optional });
    });
    return { kind: "list", at, items };
  }

  private map(at: number): MapLiteral {
    const entries: MapLiteral["entries"][number][] = [];
    this.elements("}", () => {
      const optional = this.tokens.accept("?");
      const key = this.expression();
      this.tokens.expect(":", "':' and the value of the key");
      entries.push({ key, value: this.expression(), optional });
    });
    return { kind: "map", at, entries };
  }

  /** What stands between the brackets of a literal; a comma may be the last. */
  private elements(close: "]" | "}", element: () => void): void {
    this.tokens.advance();
    if (!this.tokens.accept(",")) {
      while (this.tokens.kind !== close) {
        element();
        if (!this.tokens.accept(",")) {
          break;
        }
      }
    }
    this.tokens.expect(close, `',' or '${close}'`);
  }

  private atNumber(): boolean {
    const { kind } = this.tokens;
    return kind === "int" || kind === "double";
  }

  private number(at: number, negative: boolean): Literal {
    const { kind, value } = this.tokens;
    this.tokens.advance();
    return numberLiteral(this.text, at, kind as "int" | "uint" | "double", value as string, negative);
  }

  /** Of fields too: reserved words are names of fields, the words of the grammar itself are not. */
  private name(expected: string): string {
    const { kind, value } = this.tokens;
    if (kind !== "name") {
      throw this.tokens.unexpected(expected);
    }
    this.tokens.advance();
    return value as string;
  }
}

function call(at: number, name: string, args: readonly Expr[]): Call {
  return { kind: "call", at, name, args };
}

/** `a.b.c` of names alone, the only operand that a message literal has. */
function dotted(expr: Expr): string | undefined {
  const fields: string[] = [];
  let left = expr;
  for (; left.kind === "select" && !left.optional && !left.test; left = left.operand) {
    fields.push(left.field);
  }
  return left.kind === "ident" ? [left.name, ...fields.toReversed()].join(".") : undefined;
}
