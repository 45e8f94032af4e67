/** Why something in a resource is not served as written: the reason and message of a condition. */
export interface Problem {
  readonly reason: string;
  readonly message: string;
}
