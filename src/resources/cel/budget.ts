import { CelError } from "./error.ts";

/** Cost of one expression and of all expressions on one object, as kube-apiserver limits them. */
const PER_CALL = 1_000_000;
const PER_OBJECT = 10_000_000;

/**
 * Stops runaway expressions. One step is about one node of the expression that is evaluated, ten characters or
 * one list item that a function looks at. One budget serves all rules on one object.
 */
export class Budget {
  private object: number;
  private readonly call: number;

  constructor(perObject: number = PER_OBJECT, perCall: number = PER_CALL) {
    this.object = perObject;
    this.call = perCall;
  }

  /** True when nothing more may be evaluated for this object. */
  get spent(): boolean {
    return this.object <= 0;
  }

  /** Steps that the next expression may take. */
  get allowance(): number {
    return Math.min(this.call, this.object);
  }

  use(steps: number): void {
    this.object -= steps;
  }
}

/** Counts the steps of one evaluation and holds its variables. */
export class Frame {
  readonly slots: unknown[];
  private left: number;
  private readonly limit: number;

  constructor(slots: unknown[], limit: number) {
    this.slots = slots;
    this.left = limit;
    this.limit = limit;
  }

  /** Throws when the limit is reached. */
  spend(steps: number): void {
    this.left -= steps;
    if (!(this.left >= 0)) {
      throw new CelError("the cost limit of expressions is exceeded", true);
    }
  }

  /** For work on a string (or on as many bytes). */
  spendText(length: number): void {
    this.spend(length / 10);
  }

  get used(): number {
    return this.limit - this.left;
  }
}
