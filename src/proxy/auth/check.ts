import type { Head } from "../../wire/http1/head.ts";
import { encodeRequest } from "../../wire/http2/encode.ts";
import { latin1 } from "../../wire/latin1.ts";
import { onlyMessage } from "../../wire/grpc/frame.ts";
import { maxAuthAnswerBytes, maxConnectAttempts } from "../limits.ts";
import type { BackendEndpoints } from "../upstream/backends.ts";
import type { Endpoint } from "../upstream/endpoint.ts";
import type { UpstreamFailure } from "../upstream/failure.ts";
import type { ResponseReceiver, UpstreamStream } from "../upstream/stream.ts";
import type { Auth } from "./auth.ts";
import { grpcQuestion } from "./check-request.ts";
import { readCheckResponse } from "./check-response.ts";
import { httpQuestion, type Inquiry, type Question } from "./inquiry.ts";
import { readHttpVerdict } from "./http-verdict.ts";
import type { Verdict } from "./verdict.ts";

/** Whoever waits for a verdict. Hears of one outcome, once. */
export interface Asker {
  onVerdict(verdict: Verdict): void;
  /** There is none. `status` is that of the answer to the client. */
  onNoVerdict(status: number): void;
}

/** One question to an authorization server, and its answer. Nothing but an answer that is right in every part is a verdict. */
export class AuthCheck implements ResponseReceiver {
  private readonly asker: Asker;
  private readonly auth: Auth;
  private readonly backend: BackendEndpoints;
  private question: Question | undefined;
  private upstream: UpstreamStream | undefined;
  private attempts = 0;
  /** Of HTTP, as far as the head tells. */
  private verdict: Verdict | undefined;
  /** Of the answer, as latin1. */
  private body = "";
  /** `grpc-status`; "" as long as it has not come. */
  private grpcStatus = "";
  private isGrpc = false;

  constructor(asker: Asker, auth: Auth, backend: BackendEndpoints) {
    this.asker = asker;
    this.auth = auth;
    this.backend = backend;
  }

  /** The asker may hear of the outcome before this returns. */
  ask(inquiry: Inquiry): void {
    const endpoint = this.backend.pick();
    if (endpoint === undefined) return this.asker.onNoVerdict(503);
    // gRPC needs HTTP/2; a program that says otherwise is not well-made.
    if (this.auth.protocol === "GRPC" && endpoint.takes !== "plain") return this.asker.onNoVerdict(500);
    this.question =
      this.auth.protocol === "GRPC"
        ? grpcQuestion(this.auth, inquiry, authorityOf(endpoint))
        : httpQuestion(this.auth, inquiry);
    this.attempt(endpoint, false);
  }

  /** Nobody waits any more. */
  cancel(): void {
    const { upstream } = this;
    this.upstream = undefined;
    this.question = undefined;
    upstream?.destroy();
  }

  onResponseHead(head: Head): void {
    if (head.status === 101) return this.fail(502);
    this.upstream!.startBody("plain");
    if (this.auth.protocol === "HTTP") {
      this.verdict = readHttpVerdict(this.auth, head);
      return;
    }
    const type = head.get("content-type") ?? "";
    this.isGrpc = head.status === 200 && /^application\/grpc(?![^+;])/i.test(type);
    this.grpcStatus = head.get("grpc-status") ?? "";
  }

  onResponseBytes(buffer: Buffer, start: number, end: number): void {
    this.add(latin1(buffer, start, end));
  }

  onResponseText(text: string): void {
    this.add(text);
  }

  onResponseTrailers(lines: string): void {
    const match = /(?:^|\n)grpc-status:[ \t]*(\d+)[ \t]*\r\n/i.exec(lines);
    // One in the head ends an answer that has no body; a second word on it is none.
    this.grpcStatus = match === null || this.grpcStatus !== "" ? "-" : match[1]!;
  }

  onResponseEnd(): void {
    const { upstream } = this;
    if (upstream === undefined) return;
    this.upstream = undefined;
    this.question = undefined;
    upstream.release(true);
    const verdict = this.read();
    if (verdict === undefined) this.asker.onNoVerdict(502);
    else this.asker.onVerdict(verdict);
  }

  onUpstreamFailure({ code }: UpstreamFailure): void {
    const { upstream } = this;
    this.upstream = undefined;
    if (upstream === undefined) return;
    const untouched = code === "connect" || code === "connect-timeout" || code === "refused";
    // A question changes nothing, whatever its method: it may be asked again.
    const dead = (code === "closed" || code === "reset") && upstream.reused;
    // An endpoint that was taken away meanwhile gets nothing new: its backend may want TLS now.
    const gone = upstream.endpoint.references === 0;
    const next = untouched || gone ? this.backend.pick() : upstream.endpoint;
    const may = (untouched || dead) && this.attempts < maxConnectAttempts && next !== undefined;
    if (may && next.takes === upstream.takes) return this.attempt(next, true);
    this.fail(code === "connect-timeout" ? 504 : 502);
  }

  onUpstreamConnect(): void {
    // All was given already.
  }

  onUpstreamDrain(): void {
    // The same.
  }

  onInformational(): void {
    // The answer follows.
  }

  onResponseTurn(): void {
    // Nothing is written.
  }

  private attempt(endpoint: Endpoint, fresh: boolean): void {
    const { method, head, text, bytes } = this.question!;
    this.attempts++;
    this.upstream = fresh ? endpoint.connect(this) : endpoint.acquire(this);
    const { upstream } = this;
    upstream.send(upstream.takes === "plain" ? encodeRequest(head) : head, text, bytes, method, true);
  }

  private add(text: string): void {
    this.body += text;
    if (this.body.length > maxAuthAnswerBytes) this.fail(502);
  }

  private fail(status: number): void {
    this.cancel();
    this.asker.onNoVerdict(status);
  }

  private read(): Verdict | undefined {
    const { verdict, body } = this;
    if (this.auth.protocol === "HTTP") {
      return verdict === undefined || verdict.allowed ? verdict : { ...verdict, body };
    }
    if (!this.isGrpc || this.grpcStatus !== "0") return undefined;
    const message = onlyMessage(Buffer.from(body, "latin1"));
    return message === undefined ? undefined : readCheckResponse(message);
  }
}

/** As `Host` names an endpoint. */
function authorityOf({ host, port }: Endpoint): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
