/** One change to a header section that an authorization server asks for. */
export interface FieldEdit {
  readonly action: "set" | "add" | "add-if-absent" | "set-if-present" | "remove";
  /** As the server wrote it. */
  readonly name: string;
  /** Text; without meaning for `remove`. */
  readonly value: string;
}

/** The request may go on. */
export interface Consent {
  readonly allowed: true;
  /** What becomes of the request's fields, in this order. */
  readonly request: readonly FieldEdit[];
  /** The same for the answer that the backend gives. */
  readonly response: readonly FieldEdit[];
  readonly setQuery: readonly (readonly [name: string, value: string])[];
  readonly removeQuery: readonly string[];
}

/** The request goes nowhere, and this is the answer to it. */
export interface Denial {
  readonly allowed: false;
  readonly status: number;
  /** Names and values of fields, as bytes in latin1. Nothing is known of what they hold. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Bytes as latin1. */
  readonly body: string;
}

export type Verdict = Consent | Denial;

/** What a server may have the client be told: an answer that refuses something. */
export function denialStatus(status: number): number {
  // What is not 200 is a refusal; the client must not take it for success, or for "you have it already".
  return status >= 300 && status <= 599 && status !== 304 ? status : 403;
}
