import type { JsonObject } from "../resources/json.ts";

/** Why a request was refused, in the words of `metav1.Status`; the code is the HTTP status. */
const codes = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const;
export type Reason = keyof typeof codes;

/** One fault of an object: `field` as `spec.rules[0].name`, `reason` such as `FieldValueInvalid`. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

export interface Details {
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly causes?: readonly Cause[];
  readonly retryAfterSeconds?: number;
}

/** A request that cannot be served, and that its client hears as a `Status` object. */
export class ApiError extends Error {
  readonly reason: Reason;
  readonly details: Details | undefined;

  constructor(reason: Reason, message: string, details?: Details) {
    super(message);
    this.reason = reason;
    this.details = details;
  }

  get code(): number {
    return codes[this.reason];
  }

  get status(): JsonObject {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      reason: this.reason,
      ...(this.details !== undefined && { details: this.details }),
      code: this.code,
    };
  }
}
