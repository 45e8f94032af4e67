import {
  constant,
  field,
  filter,
  recursive,
  slice,
  union,
  wildcard,
  type Comparison,
  type Step,
} from "./json-path-steps.ts";

/** Filters within filters. */
const MAX_DEPTH = 8;
const MAX_LENGTH = 4096;

const COMPARISONS: readonly Comparison[] = ["==", "!=", "<=", ">=", "<", ">"];
/** What ends a name, besides white space. */
const AFTER_NAME = ".,[]$@{}";
/** What ends the side of a comparison. */
const AFTER_OPERAND = "!<>=)";
const SUBSCRIPT = /^(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?$/;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/** Recursive descent over the text, one character ahead. */
export class Parser {
  private readonly text: string;
  private next = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
    if (text.length > MAX_LENGTH) throw this.fault(`is longer than ${MAX_LENGTH} characters`);
  }

  whole(): readonly Step[] {
    const steps = this.steps("");
    if (this.next < this.text.length) throw this.fault(`has an unexpected "${this.peek()}"`);
    return steps;
  }

  /** Up to the end or one of the characters in `stop`. */
  private steps(stop: string): readonly Step[] {
    const steps: Step[] = [];
    let first = true;
    let descended = false;
    while (this.next < this.text.length && !stop.includes(this.peek())) {
      const char = this.peek();
      if (char === " " || char === "@" || char === "$") {
        this.next++;
        continue;
      }
      if (this.skip("..")) {
        if (descended) throw this.fault('has ".." twice in a row');
        steps.push(recursive);
        descended = !/[\p{L}\p{Nd}_*]/u.test(this.peek());
        if (!descended) steps.push(this.named(stop));
      } else {
        descended = false;
        steps.push(this.step(char, stop, first));
      }
      first = false;
    }
    return steps;
  }

  private step(char: string, stop: string, first: boolean): Step {
    if (this.skip("[?(")) return this.filter();
    if (this.skip("[")) return this.subscript();
    if (this.skip(".")) return this.named(stop);
    if (char === '"' || char === "'") return constant(this.quoted(char));
    const number = /^[-+]?[0-9]+(?:\.[0-9]+)?/.exec(this.text.slice(this.next));
    if (number !== null) {
      this.next += number[0].length;
      return constant(Number(number[0]));
    }
    const at = this.next;
    const name = /[\p{L}\p{Nd}_]/u.test(char) ? this.name(stop) : "";
    if (stop !== "" && (name === "true" || name === "false")) return constant(name === "true");
    if (!first || stop !== "" || name === "") {
      this.next = at;
      throw this.fault(`has an unexpected "${name === "" ? char : name}"`);
    }
    return field(name);
  }

  private named(stop: string): Step {
    const name = this.name(stop);
    return name === "*" ? wildcard : field(name);
  }

  /** `\` makes any character part of the name. */
  private name(stop: string): string {
    let name = "";
    for (; this.next < this.text.length; this.next++) {
      const char = this.peek();
      if (char === "\\") {
        this.next++;
        if (this.next >= this.text.length) throw this.fault('ends with "\\"');
        name += this.peek();
      } else if (/\s/.test(char) || AFTER_NAME.includes(char) || stop.includes(char)) {
        break;
      } else {
        name += char;
      }
    }
    return name;
  }

  private subscript(): Step {
    const start = this.next;
    const end = this.text.indexOf("]", start);
    if (end < 0) throw this.fault('lacks "]"');
    this.next = end + 1;
    const members = this.text.slice(start, end).split(",");
    const steps = members.map((member) => this.member(member.trim(), start));
    return steps.length === 1 ? steps[0]! : union(steps.map((step) => [step]));
  }

  private member(text: string, at: number): Step {
    if (text === "*") return slice({ start: undefined, end: undefined, step: 1, single: false });
    if (text.length > 2 && text.startsWith("'") && text.endsWith("'") && !text.slice(1, -1).includes("'")) {
      const inner = new Parser(`.${text.slice(1, -1)}`).whole();
      return inner.length === 1 ? inner[0]! : union([inner]);
    }
    const parts = text === "" ? null : SUBSCRIPT.exec(text);
    const [start, end, step] = (parts ?? []).slice(1).map((part) => bound(part));
    if (parts === null || [start, end, step].some(Number.isNaN) || (step !== undefined && step < 1)) {
      this.next = at;
      throw this.fault(`has the subscript "${text}"; allowed: *, 'name', a number, start:end:step`);
    }
    return slice({ start, end, step: step ?? 1, single: parts[2] === undefined });
  }

  private filter(): Step {
    if (++this.depth > MAX_DEPTH) throw this.fault(`has more than ${MAX_DEPTH} filters within each other`);
    const left = this.steps(AFTER_OPERAND);
    if (left.length === 0) throw this.fault("lacks the left side of a filter");
    const operator = COMPARISONS.find((each) => this.skip(each));
    let right: readonly Step[] = [];
    if (operator !== undefined) {
      right = this.steps(AFTER_OPERAND);
      if (right.length === 0) throw this.fault(`lacks a value after "${operator}"`);
    }
    if (!this.skip(")]")) throw this.fault('lacks ")]" after the filter');
    this.depth--;
    return filter(left, operator, right);
  }

  private quoted(quote: string): string {
    let value = "";
    for (this.next++; this.next < this.text.length; this.next++) {
      const char = this.peek();
      if (char === quote) {
        this.next++;
        return value;
      }
      if (char === "\\") {
        this.next++;
        value += ESCAPES[this.peek()] ?? this.peek();
      } else {
        value += char;
      }
    }
    throw this.fault(`lacks the closing ${quote}`);
  }

  private peek(): string {
    return this.text.charAt(this.next);
  }

  private skip(start: string): boolean {
    if (!this.text.startsWith(start, this.next)) return false;
    this.next += start.length;
    return true;
  }

  private fault(what: string): SyntaxError {
    return new SyntaxError(`JSONPath, character ${this.next + 1}: ${what}`);
  }
}

/** `:3` or `3`; nothing where it was left out. */
function bound(part: string | undefined): number | undefined {
  const digits = part?.replace(":", "") ?? "";
  return digits === "" ? undefined : Number(digits);
}
