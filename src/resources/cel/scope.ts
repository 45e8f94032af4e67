import { CelError, position } from "./error.ts";
import type { Type } from "./types.ts";

export interface Variable {
  readonly slot: number;
  readonly type: Type;
}

/** The text that is compiled and the variables that it may name, innermost last. */
export class Scope {
  readonly text: string;
  /** Names of the variables of the environment that the expression uses. */
  readonly used = new Set<string>();
  private readonly variables = new Map<string, Variable[]>();
  private slots = 0;
  private open = 0;

  constructor(text: string, environment: ReadonlyMap<string, Type>) {
    this.text = text;
    for (const [name, type] of environment) {
      this.variables.set(name, [this.add(type)]);
    }
  }

  /** How many slots a frame needs. */
  get size(): number {
    return this.slots;
  }

  find(name: string): Variable | undefined {
    const found = this.variables.get(name)?.at(-1);
    if (found !== undefined) {
      this.used.add(this.variables.get(name)!.length === 1 ? name : "");
    }
    return found;
  }

  /** Runs with a variable of a macro in sight. */
  bind<Result>(names: readonly string[], types: readonly Type[], body: (slots: number[]) => Result): Result {
    const slots = names.map((name, index) => {
      const variable = this.add(types[index]!);
      const stack = this.variables.get(name);
      if (stack === undefined) {
        this.variables.set(name, [variable]);
      } else {
        stack.push(variable);
      }
      return variable.slot;
    });
    this.open++;
    try {
      return body(slots);
    } finally {
      this.open--;
      for (const name of names) {
        const stack = this.variables.get(name)!;
        stack.pop();
        if (stack.length === 0) {
          this.variables.delete(name);
        }
      }
    }
  }

  error(at: number, message: string): CelError {
    return new CelError(`${position(this.text, at)}: ${message}`);
  }

  private add(type: Type): Variable {
    return { slot: this.slots++, type };
  }
}
