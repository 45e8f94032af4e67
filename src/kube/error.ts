import { isJsonObject, type JsonObject } from "../resources/json.ts";

/** Reasons that no server gives: why there is no answer, or none that can be used. */
export type LocalReason =
  | "Unreachable"
  | "TlsFailed"
  | "TimedOut"
  | "BadAnswer"
  | "TooLarge"
  | "NoCredentials"
  | "Stopped";

export interface KubeErrorOptions {
  readonly retryAfterSeconds?: number | undefined;
  /** `details` of the server's `Status`. */
  readonly details?: JsonObject | undefined;
  readonly cause?: unknown;
}

/** A request to an API server that failed. */
export class KubeError extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly code: number;
  /** As in `metav1.Status` (`NotFound`, `Conflict`, `Expired` …), or a `LocalReason`. */
  readonly reason: string;
  readonly retryAfterSeconds: number | undefined;
  readonly details: JsonObject | undefined;

  constructor(code: number, reason: string, message: string, options: KubeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "KubeError";
    this.code = code;
    this.reason = reason;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.details = options.details;
  }

  /** The version that was asked for is forgotten: only a new list helps. */
  get isExpired(): boolean {
    return this.code === 410 || this.reason === "Expired" || this.reason === "Gone";
  }

  /** The same request may succeed later, with nothing changed but the server's state; 401 because credentials are renewed. */
  get mayPass(): boolean {
    return [0, 401, 429].includes(this.code) || this.code >= 500;
  }

  /** The server has not seen the version that was asked for: it was restored from a backup, or lags behind. */
  get isFromFuture(): boolean {
    const causes = this.details?.["causes"];
    // Before Kubernetes 1.18.6 the message alone says so.
    return (
      (Array.isArray(causes) && causes.some(isTooLargeVersion)) ||
      (this.code === 504 && this.message.includes("Too large resource version"))
    );
  }
}

export function failure(reason: LocalReason, message: string, cause?: unknown): KubeError {
  return new KubeError(0, reason, message, { cause });
}

export const stopped = (): KubeError => failure("Stopped", "Stopped");

function isTooLargeVersion(cause: unknown): boolean {
  return isJsonObject(cause) && cause["reason"] === "ResourceVersionTooLarge";
}

/** Reasons for servers, and proxies before them, that send no `Status`. */
const reasons: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  406: "NotAcceptable",
  409: "Conflict",
  410: "Gone",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

/** Characters of an answer that is no `Status`, shown in the message. */
const SHOWN_CHARACTERS = 200;

/**
 * From an answer with an error status, or the object of an ERROR event.
 * @param code HTTP status; that of the `Status` object goes before it.
 * @param retryAfter Value of the header, if there is one.
 */
export function errorOfAnswer(code: number, text: string, retryAfter?: string): KubeError {
  const status = parseStatus(text);
  if (status !== undefined) return errorOfStatus(status, code, retryAfter);
  const shown = text
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, SHOWN_CHARACTERS);
  const message = `The server answered ${code}${shown === "" ? "" : `: ${shown}`}`;
  return new KubeError(code, reasons[code] ?? "Unknown", message, {
    retryAfterSeconds: secondsOf(retryAfter),
  });
}

export function errorOfStatus(status: JsonObject, code: number, retryAfter?: string): KubeError {
  const given = status["code"];
  const real = typeof given === "number" && given > 0 ? given : code;
  const details = isJsonObject(status["details"]) ? status["details"] : undefined;
  const seconds = details?.["retryAfterSeconds"];
  return new KubeError(
    real,
    stringOr(status["reason"], reasons[real] ?? "Unknown"),
    stringOr(status["message"], `The server answered ${real}`),
    {
      retryAfterSeconds: secondsOf(retryAfter) ?? (typeof seconds === "number" ? seconds : undefined),
      details,
    },
  );
}

function parseStatus(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && value["kind"] === "Status" ? value : undefined;
  } catch {
    return undefined;
  }
}

function stringOr(value: unknown, otherwise: string): string {
  return typeof value === "string" && value !== "" ? value : otherwise;
}

/** Of `Retry-After`: seconds, or a date. */
function secondsOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}

const tlsCodes = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE/;

/** From an error of a socket. @param server Its origin, for the message. */
export function errorOfSocket(error: unknown, server: string): KubeError {
  if (error instanceof KubeError) return error;
  const code = isErrnoError(error) ? (error.code ?? "") : "";
  const text = (error instanceof Error ? error.message : "") || code || String(error);
  if (tlsCodes.test(code)) {
    return failure("TlsFailed", `Cannot trust ${server} (${code}): ${text}`, error);
  }
  return failure("Unreachable", `Cannot reach ${server}: ${text}`, error);
}

function isErrnoError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}
