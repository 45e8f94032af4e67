/** Syntax trees of expressions after macro recognition. `at` is an offset into the text. */
export type Expr = Literal | Ident | Select | Call | ListLiteral | MapLiteral | Fold;

export interface Literal {
  readonly kind: "literal";
  readonly at: number;
  readonly type: "null" | "bool" | "int" | "uint" | "double" | "string" | "bytes";
  readonly value: null | boolean | bigint | number | string | Uint8Array;
}

export interface Ident {
  readonly kind: "ident";
  readonly at: number;
  readonly name: string;
}

export interface Select {
  readonly kind: "select";
  readonly at: number;
  readonly operand: Expr;
  readonly field: string;
  /** `has(operand.field)` */
  readonly test: boolean;
  /** `operand.?field` */
  readonly optional: boolean;
}

export interface Call {
  readonly kind: "call";
  readonly at: number;
  /** Operators go by their names in cel.expr: `_+_`, `_[_]`, `_[?_]`, `@in`, `!_`. */
  readonly name: string;
  readonly target?: Expr;
  readonly args: readonly Expr[];
}

export interface ListLiteral {
  readonly kind: "list";
  readonly at: number;
  readonly items: readonly { readonly value: Expr; readonly optional: boolean }[];
}

export interface MapLiteral {
  readonly kind: "map";
  readonly at: number;
  readonly entries: readonly { readonly key: Expr; readonly value: Expr; readonly optional: boolean }[];
}

export type Macro =
  | "all"
  | "exists"
  | "exists_one"
  | "map"
  | "filter"
  | "transformList"
  | "transformMap"
  | "transformMapEntry"
  | "sortBy"
  | "optMap"
  | "optFlatMap";

/** A macro that binds variables while it goes over `range` (an optional, for the last two). */
export interface Fold {
  readonly kind: "fold";
  readonly at: number;
  readonly macro: Macro;
  readonly range: Expr;
  readonly variables: readonly string[];
  readonly filter?: Expr;
  readonly body: Expr;
}
