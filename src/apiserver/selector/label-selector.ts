import { ApiError } from "../error.ts";
import { keyFault, valueFault } from "./label-form.ts";

type Labels = Readonly<Record<string, string>>;
type LabelTest = (labels: Labels) => boolean;

/** `symbol`: one of `= == != ! ( ) , < >`; the operators `in` and `notin` are words. */
interface Token {
  readonly type: "word" | "symbol" | "end";
  readonly text: string;
  /** Of its first character, from 1. */
  readonly at: number;
}

const SPACE = " \t\r\n";
const SYMBOLS = "=!(),<>";

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let next = 0;
  while (next < text.length) {
    const first = text.charAt(next);
    const at = next + 1;
    if (SPACE.includes(first)) {
      next++;
    } else if (SYMBOLS.includes(first)) {
      const pair = text.slice(next, next + 2);
      const symbol = pair === "==" || pair === "!=" ? pair : first;
      found.push({ type: "symbol", text: symbol, at });
      next += symbol.length;
    } else {
      const start = next;
      while (next < text.length && !(SPACE + SYMBOLS).includes(text.charAt(next))) next++;
      found.push({ type: "word", text: text.slice(start, next), at });
    }
  }
  return [...found, { type: "end", text: "", at: text.length + 1 }];
}

const OPERATORS = ["=", "==", "!=", "in", "notin", ">", "<"];

/**
 * The test that a `labelSelector` describes: `a=1,b!=2,c in (3,4),d notin (5),e,!f,g>6`; all of it must hold.
 * An empty text lets everything through. A fault is a BadRequest that says where it is.
 */
export function parseLabelSelector(text: string): LabelTest {
  return new Parser(text).all();
}

class Parser {
  private readonly items: readonly Token[];
  private next = 0;

  constructor(text: string) {
    this.items = tokens(text);
  }

  all(): LabelTest {
    const tests: LabelTest[] = [];
    if (this.peek().type !== "end") {
      do tests.push(this.requirement());
      while (this.skip(","));
      if (this.peek().type !== "end") throw this.unexpected('"," or the end');
    }
    return (labels) => tests.every((test) => test(labels));
  }

  private requirement(): LabelTest {
    const absent = this.skip("!");
    const key = this.key();
    const operator = this.peek();
    if (operator.type === "end" || operator.text === ",") {
      return (labels) => Object.hasOwn(labels, key) !== absent;
    }
    if (absent) throw this.unexpected('"," or the end, as "!" takes a key alone');
    if (!OPERATORS.includes(operator.text)) throw this.unexpected(`one of ${OPERATORS.join(", ")}`);
    this.next++;
    switch (operator.text) {
      case "in":
        return among(key, this.values());
      case "notin":
        return not(among(key, this.values()));
      case "!=":
        return not(among(key, new Set([this.value()])));
      case ">":
      case "<":
        return this.compare(key, operator.text);
      default:
        return among(key, new Set([this.value()]));
    }
  }

  private compare(key: string, operator: ">" | "<"): LabelTest {
    const { at, text } = this.peek();
    const bound = int64(this.value());
    if (bound === undefined) throw fault(at, `"${text}" after "${operator}" is not an integer of 64 bits`);
    return (labels) => {
      const value = Object.hasOwn(labels, key) ? int64(labels[key]!) : undefined;
      return value !== undefined && (operator === ">" ? value > bound : value < bound);
    };
  }

  private key(): string {
    const { type, text, at } = this.peek();
    if (type !== "word") throw this.unexpected("a label key");
    const wrong = keyFault(text);
    if (wrong !== undefined) throw fault(at, `label key "${text}" ${wrong}`);
    this.next++;
    return text;
  }

  /** `(a,b)`; between commas and in `()` nothing means the empty value. */
  private values(): ReadonlySet<string> {
    const found = new Set<string>();
    if (!this.skip("(")) throw this.unexpected('"("');
    do found.add(this.value());
    while (this.skip(","));
    if (!this.skip(")")) throw this.unexpected('"," or ")"');
    return found;
  }

  /** Nothing where a value should be is the empty value. */
  private value(): string {
    const { type, text, at } = this.peek();
    if (type === "end" || text === "," || text === ")") return "";
    if (type !== "word") throw this.unexpected("a label value");
    const wrong = valueFault(text);
    if (wrong !== undefined) throw fault(at, `label value "${text}" ${wrong}`);
    this.next++;
    return text;
  }

  private peek(): Token {
    return this.items[this.next]!;
  }

  private skip(symbol: string): boolean {
    const { type, text } = this.peek();
    if (type !== "symbol" || text !== symbol) return false;
    this.next++;
    return true;
  }

  private unexpected(wanted: string): ApiError {
    const { type, text, at } = this.peek();
    return fault(at, `${type === "end" ? "the end" : `"${text}"`} where ${wanted} should be`);
  }
}

function among(key: string, values: ReadonlySet<string>): LabelTest {
  return (labels) => Object.hasOwn(labels, key) && values.has(labels[key]!);
}

function not(test: LabelTest): LabelTest {
  return (labels) => !test(labels);
}

function int64(text: string): bigint | undefined {
  if (!/^[-+]?[0-9]{1,63}$/.test(text)) return undefined;
  const value = BigInt(text.startsWith("+") ? text.slice(1) : text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function fault(at: number, what: string): ApiError {
  return new ApiError("BadRequest", `labelSelector, character ${at}: ${what}`);
}
