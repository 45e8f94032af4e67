import { callNode, functionNames } from "./call.ts";
import { CelError } from "./error.ts";
import { foldNode } from "./fold.ts";
import { formatProblem } from "./library/format-text.ts";
import { conditional, logical } from "./logic.ts";
import { constant, type Node } from "./node.ts";
import { int, uint } from "./numbers.ts";
import type { Scope } from "./scope.ts";
import { selectNode } from "./select.ts";
import type { Call, Expr, ListLiteral, Literal, MapLiteral, Select } from "./syntax.ts";
import {
  BOOL,
  BYTES,
  DOUBLE,
  FREE,
  INT,
  isDyn,
  join,
  list,
  map,
  NULL,
  optionalValue,
  same,
  STRING,
  type Type,
  TYPE,
  typeText,
  UINT,
} from "./types.ts";
import { Double, MapBuilder, Optional, typeName, TypeValue } from "./values.ts";

/** Compiles a syntax tree to closures, checking types on the way. Throws `CelError`. */
export function compile(expr: Expr, scope: Scope): Node {
  return new Compiler(scope).node(expr);
}

const TYPE_NAMES: ReadonlyMap<string, string> = new Map(
  [
    "bool",
    "bytes",
    "double",
    "int",
    "list",
    "map",
    "null_type",
    "string",
    "type",
    "uint",
    "optional_type",
    "google.protobuf.Timestamp",
    "google.protobuf.Duration",
    "net.IP",
    "net.CIDR",
  ].map((name) => [name, name]),
);

export class Compiler {
  readonly scope: Scope;
  /** Above 0 inside the list that `format` takes, which may mix types. */
  private mixed = 0;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  node(expr: Expr): Node {
    switch (expr.kind) {
      case "literal":
        return literal(expr);
      case "ident":
        return this.name(expr.name) ?? this.undeclared(expr.at, expr.name);
      case "select":
        return this.select(expr);
      case "call":
        return this.call(expr);
      case "list":
        return this.list(expr);
      case "map":
        return this.map(expr);
      case "fold":
        return foldNode(this, expr);
    }
  }

  private name(name: string): Node | undefined {
    const variable = this.scope.find(name);
    if (variable !== undefined) {
      const { slot, type } = variable;
      return { type, run: (frame) => frame.slots[slot], cost: 1 };
    }
    const known = TYPE_NAMES.get(name);
    return known === undefined ? undefined : constant(TYPE, new TypeValue(known));
  }

  private undeclared(at: number, name: string): never {
    throw this.scope.error(at, `undeclared reference to '${name}'`);
  }

  private select(expr: Select): Node {
    if (!expr.test && !expr.optional) {
      const path = dotted(expr);
      const node = path === undefined || this.scope.find(path.split(".")[0]!) ? undefined : this.name(path);
      if (node !== undefined) {
        return node;
      }
    }
    return selectNode(this.scope, expr, this.node(expr.operand));
  }

  private call(expr: Call): Node {
    const { args, name, target, at } = expr;
    switch (name) {
      case "_&&_":
      case "_||_":
        return logical(expr, this.bool(args[0]!, name), this.bool(args[1]!, name));
      case "_?_:_":
        return conditional(
          this.scope,
          at,
          this.bool(args[0]!, name),
          this.node(args[1]!),
          this.node(args[2]!),
        );
      default:
    }
    if (target !== undefined) {
      const prefix = dotted(target);
      if (prefix !== undefined && functionNames().has(`${prefix}.${name}`)) {
        return callNode(
          this.scope,
          at,
          `${prefix}.${name}`,
          false,
          args.map((arg) => this.node(arg)),
        );
      }
      const receiver = this.node(target);
      this.mixed += name === "format" ? 1 : 0;
      const inner = args.map((arg) => this.node(arg));
      this.checkFormat(expr, receiver);
      this.mixed -= name === "format" ? 1 : 0;
      return callNode(this.scope, at, name, true, [receiver, ...inner]);
    }
    return callNode(
      this.scope,
      at,
      name,
      false,
      args.map((arg) => this.node(arg)),
    );
  }

  /** `"…".format([…])`, as far as it can be checked before it runs. */
  private checkFormat({ name, at, args }: Call, receiver: Node): void {
    const text = receiver.constant?.value;
    const values = args[0];
    if (name !== "format" || typeof text !== "string" || values?.kind !== "list") {
      return;
    }
    const problem = formatProblem(
      text,
      values.items.map(({ value }) => this.node(value).type),
    );
    if (problem !== undefined) {
      throw this.scope.error(at, problem);
    }
  }

  /** An operand that has to be a bool. */
  private bool(expr: Expr, operator: string): Node {
    const node = this.node(expr);
    if (node.type.kind !== "bool" && !isDyn(node.type)) {
      throw this.scope.error(expr.at, `no such overload: ${operator} takes bool, not ${typeText(node.type)}`);
    }
    return node;
  }

  private list(expr: ListLiteral): Node {
    let type: Type | undefined;
    const items = expr.items.map(({ value, optional }) => {
      const node = this.node(value);
      const inner = optional ? this.unwrap(value.at, node.type) : node.type;
      type = this.joined(value.at, type, inner);
      return { node, optional };
    });
    const cost = items.reduce((sum, item) => sum + item.node.cost, 1);
    const result = list(type ?? FREE);
    if (items.every(({ node, optional }) => node.constant !== undefined && !optional)) {
      return {
        ...constant(
          result,
          items.map(({ node }) => node.constant!.value),
        ),
        cost,
      };
    }
    const runs = items.map(({ node }) => node.run);
    if (!items.some((item) => item.optional)) {
      return { type: result, run: (frame) => runs.map((run) => run(frame)), cost };
    }
    return {
      type: result,
      cost,
      run: (frame) => {
        const values: unknown[] = [];
        items.forEach(({ node, optional }) => {
          const value = node.run(frame);
          if (!optional) {
            values.push(value);
          } else if (asOptional(value).present) {
            values.push((value as Optional).value);
          }
        });
        return values;
      },
    };
  }

  private map(expr: MapLiteral): Node {
    let keyType: Type | undefined;
    let valueType: Type | undefined;
    const entries = expr.entries.map(({ key, value, optional }) => {
      const keyNode = this.node(key);
      if (!["string", "int", "uint", "bool", "double", "dyn", "free"].includes(keyNode.type.kind)) {
        throw this.scope.error(key.at, `${typeText(keyNode.type)} cannot be a map key`);
      }
      const node = this.node(value);
      keyType = this.joined(key.at, keyType, keyNode.type);
      valueType = this.joined(value.at, valueType, optional ? this.unwrap(value.at, node.type) : node.type);
      return { key: keyNode, value: node, optional };
    });
    return {
      type: map(keyType ?? FREE, valueType ?? FREE),
      cost: entries.reduce((sum, { key, value }) => sum + key.cost + value.cost, 1),
      run: (frame) => {
        const builder = new MapBuilder();
        for (const { key, value, optional } of entries) {
          const id = key.run(frame);
          if (!["string", "int", "uint", "bool", "double"].includes(typeName(id))) {
            throw new CelError(`${typeName(id)} cannot be a map key`);
          }
          const inner = value.run(frame);
          if (optional && !asOptional(inner).present) {
            continue;
          }
          builder.put(id, optional ? (inner as Optional).value : inner);
        }
        return builder.build();
      },
    };
  }

  /** Literals do not mix types, except in what `format` takes. */
  private joined(at: number, before: Type | undefined, type: Type): Type {
    if (before === undefined) {
      return type;
    }
    if (this.mixed === 0 && !same(before, type)) {
      throw this.scope.error(at, `expected type ${typeText(before)} but found ${typeText(type)}`);
    }
    return join(before, type);
  }

  private unwrap(at: number, type: Type): Type {
    const inner = isDyn(type) ? type : optionalValue(type);
    if (inner === undefined) {
      throw this.scope.error(at, `expected an optional value but found ${typeText(type)}`);
    }
    return inner;
  }
}

function asOptional(value: unknown): Optional {
  if (!(value instanceof Optional)) {
    throw new CelError("no such overload: expected an optional value");
  }
  return value;
}

function literal(expr: Literal): Node {
  switch (expr.type) {
    case "int":
      return constant(INT, int(expr.value as bigint));
    case "uint":
      return constant(UINT, uint(expr.value as bigint));
    case "double":
      return constant(DOUBLE, new Double(expr.value as number));
    default:
      return constant({ null: NULL, bool: BOOL, string: STRING, bytes: BYTES }[expr.type], expr.value);
  }
}

/** `a.b.c` of nested plain selections. */
function dotted(expr: Expr): string | undefined {
  if (expr.kind === "ident") {
    return expr.name;
  }
  if (expr.kind !== "select" || expr.test || expr.optional) {
    return undefined;
  }
  const prefix = dotted(expr.operand);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}
