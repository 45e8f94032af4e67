import { encodeField, encodeStatus } from "../../../wire/hpack/encoder.ts";
import { equalsLower } from "../../../wire/http1/field.ts";
import type { Head } from "../../../wire/http1/head.ts";
import { answerBody } from "./answer.ts";

/** Status codes of gRPC (grpc/grpc, doc/statuscodes.md). */
const Code = {
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** What an answer of the proxy's own means to a client that knows the codes of gRPC only. */
const codes: ReadonlyMap<number, number> = new Map([
  [400, Code.internal],
  [401, Code.unauthenticated],
  [403, Code.permissionDenied],
  [404, Code.unimplemented],
  [408, Code.deadlineExceeded],
  [413, Code.resourceExhausted],
  [414, Code.resourceExhausted],
  [431, Code.resourceExhausted],
  [429, Code.unavailable],
  [504, Code.deadlineExceeded],
]);

const mediaType = "application/grpc";

/** Whether a request speaks gRPC: `application/grpc`, `application/grpc+proto` and so on (gRPC over HTTP/2). */
export function isGrpc(head: Head): boolean {
  const type = head.get("content-type");
  if (type === undefined || !equalsLower(type, 0, mediaType)) return false;
  const next = type[mediaType.length];
  return next === undefined || next === "+" || next === ";";
}

/**
 * The header block of an answer to a gRPC request that is all headers and no body ("Trailers-Only"): the HTTP status is 200 whatever is
 * wrong, since clients look no further than that.
 */
export function grpcAnswer(status: number, detail: string | undefined): string {
  const code = codes.get(status) ?? Code.unavailable;
  return (
    encodeStatus(200) +
    encodeField("content-type", "application/grpc") +
    encodeField("grpc-status", String(code)) +
    encodeField("grpc-message", percentEncoded(answerBody(status, detail).trimEnd()))
  );
}

/** Milliseconds of a `grpc-timeout`, or 0 for none: at most eight digits and a unit. */
export function grpcTimeout(head: Head): number {
  const value = head.get("grpc-timeout");
  const match = value === undefined ? null : /^(\d{1,8})([HMSmun])$/.exec(value);
  if (match === null) return 0;
  const unit: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };
  return Math.max(1, Math.ceil(Number(match[1]) * unit[match[2]!]!));
}

/** "grpc-message" is percent-encoded: printable ASCII but for the percent sign stands for itself. */
function percentEncoded(text: string): string {
  return text.replaceAll("%", "%25");
}
