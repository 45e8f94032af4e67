/** A condition as translate wants it: the time of the last transition is added when it is written. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
}

/** A condition as it stands in an object's status. */
export interface WrittenCondition extends Condition {
  /** RFC 3339. */
  readonly lastTransitionTime: string;
}
