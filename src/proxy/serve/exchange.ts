import { Timer } from "../../std/timer-wheel.ts";
import type { Framing } from "../../wire/http1/framing.ts";
import type { Head } from "../../wire/http1/head.ts";
import { maxConnectAttempts } from "../limits.ts";
import { fineTimers } from "../timers.ts";
import type { Transport } from "../transport/transport.ts";
import type { BackendEndpoints } from "../upstream/backends.ts";
import type { UpstreamConnection } from "../upstream/connection.ts";
import type { Endpoint } from "../upstream/endpoint.ts";
import { Replay } from "./replay.ts";
import type { RetryPolicy } from "./retry.ts";
import type { UpstreamFailure } from "../upstream/failure.ts";
import type { ResponseReceiver, UpstreamStream } from "../upstream/stream.ts";

/** The client's side of an exchange. */
export interface Downstream {
  /** An answer of the proxy's own; nothing of another answer was sent. */
  answer(status: number): void;
  /** The answer that was begun cannot be finished. */
  cut(): void;
  informational(head: Head): void;
  responseHead(head: Head, framing: Framing): void;
  responseBytes(buffer: Buffer, start: number, end: number, from: Transport): void;
  responseText(text: string): void;
  responseTrailers(lines: string): void;
  responseEnd(): void;
  responseTurn(): void;
  /** The upstream takes more of the request's body. */
  requestMayFlow(): void;
}

/** "Request methods are considered idempotent if ..." (RFC 9110 section 9.2.2). */
const idempotent: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/**
 * One request on its way to a backend and its answer on the way back: the attempts, the timeouts and what becomes of
 * failures. Knows nothing of how either side writes HTTP on its wire. A connection uses one exchange again and again.
 */
export class Exchange implements ResponseReceiver {
  private readonly downstream: Downstream;
  private readonly requestTimer = new Timer(this);
  /** Of one attempt, or of the pause before the next one. */
  private readonly attemptTimer = new Timer(this);
  private readonly replay = new Replay();

  active = false;
  /** The head of the answer is on its way to the client: from here on nothing can be taken back. */
  answering = false;
  upstream: UpstreamStream | undefined;

  private backend: BackendEndpoints | undefined;
  private retry: RetryPolicy | undefined;
  private method = "";
  private attempts = 0;
  private attemptTimeout = 0;
  /** The next attempt follows a pause. */
  private pausing = false;

  constructor(downstream: Downstream) {
    this.downstream = downstream;
  }

  /** Begins with the timeouts of the rule, milliseconds or 0 for none; `send` follows in the same turn. */
  begin(
    method: string,
    requestTimeout: number,
    attemptTimeout: number,
    retry: RetryPolicy | undefined,
  ): void {
    this.active = true;
    this.answering = false;
    this.pausing = false;
    this.attempts = 0;
    this.method = method;
    this.retry = retry;
    this.attemptTimeout = attemptTimeout;
    if (requestTimeout > 0) fineTimers.arm(this.requestTimer, requestTimeout);
  }

  /**
   * Sends the request to an endpoint of the backend, with as much of the body as came with its head: the way the backend
   * takes bodies, first `text` and then `bytes`. `complete`: that is all of it.
   */
  send(
    backend: BackendEndpoints,
    head: string,
    text: string,
    bytes: Buffer | undefined,
    complete: boolean,
  ): void {
    this.backend = backend;
    this.replay.start(head, text, bytes, this.method, complete, this.retry !== undefined);
    backend.budget?.noteRequest(performance.now());
    const endpoint = backend.pick();
    if (endpoint === undefined) this.answer(503);
    else this.attempt(endpoint, false);
  }

  /** A later part of the request's body. */
  sendBytes(buffer: Buffer, start: number, end: number, from: Transport): void {
    this.replay.addBytes(buffer, start, end);
    if (this.upstream !== undefined) this.upstream.sendBytes(buffer, start, end, from);
    else this.needReplay();
  }

  /** The same for a text of latin1 characters. */
  sendText(text: string): void {
    this.replay.addText(text);
    if (this.upstream !== undefined) this.upstream.sendText(text);
    else this.needReplay();
  }

  /** The client has sent the last byte of its request. `trailers` are lines; they go with a plain body. */
  sendEnd(trailers: string): void {
    if (!this.active || this.replay.complete) return;
    this.replay.end(trailers);
    this.upstream?.sendEnd(trailers);
  }

  /** Between two attempts a body that grows too large ends the hope for another one. */
  private needReplay(): void {
    if (this.active && this.replay.spent) this.answer(502);
  }

  /** Whether the client should be read on for the sake of its request's body. */
  get requestFlows(): boolean {
    return this.upstream !== undefined && this.upstream.flows;
  }

  /** The client is gone, or must go: nobody waits for the answer any more. */
  abort(): void {
    if (!this.active) return;
    const upstream = this.upstream;
    this.close();
    upstream?.destroy();
  }

  /** Ends the exchange and gives its connection to the caller: the answer was 101. */
  detach(): Transport {
    const { upstream } = this;
    this.close();
    // Only HTTP/1.1 has that answer.
    return (upstream as UpstreamConnection).abandon();
  }

  onUpstreamConnect(): void {
    this.downstream.requestMayFlow();
  }

  onUpstreamDrain(): void {
    this.downstream.requestMayFlow();
  }

  onInformational(head: Head): void {
    this.downstream.informational(head);
  }

  onResponseHead(head: Head, framing: Framing): void {
    if (this.retry?.covers(head.status) === true && this.mayRetry()) {
      const { upstream } = this;
      this.upstream = undefined;
      upstream?.destroy();
      if (this.takeBudget()) this.pause();
      return;
    }
    this.answering = true;
    this.replay.settle();
    // Both timeouts end where the answer begins: a stream lasts as long as it lasts.
    this.attemptTimer.disarm();
    this.requestTimer.disarm();
    this.downstream.responseHead(head, framing);
  }

  onResponseBytes(buffer: Buffer, start: number, end: number, from: Transport): void {
    this.downstream.responseBytes(buffer, start, end, from);
  }

  onResponseTrailers(lines: string): void {
    this.downstream.responseTrailers(lines);
  }

  onResponseText(text: string): void {
    this.downstream.responseText(text);
  }

  onResponseEnd(): void {
    const upstream = this.upstream;
    const { complete } = this.replay;
    this.close();
    upstream?.release(complete);
    this.downstream.responseEnd();
  }

  onResponseTurn(): void {
    this.downstream.responseTurn();
  }

  onUpstreamFailure(failure: UpstreamFailure): void {
    const upstream = this.upstream;
    this.upstream = undefined;
    this.attemptTimer.disarm();
    if (this.answering) {
      this.close();
      this.downstream.cut();
      return;
    }
    if (upstream === undefined || this.replay.spent) return this.answer(statusOf(failure));
    // "a client ... SHOULD NOT automatically retry a request with a non-idempotent method" (RFC 9110 section 9.2.2),
    // and only a connection that had waited in the pool may have been closed before the request reached the other side.
    const dead = (failure.code === "closed" || failure.code === "reset") && upstream.reused;
    if (dead && idempotent.has(this.method)) return this.attempt(upstream.endpoint, true);
    if (!isUntouched(failure) || !this.mayRetry()) return this.answer(statusOf(failure));
    if (this.retry !== undefined) {
      if (this.takeBudget()) this.pause();
      return;
    }
    const next = this.backend!.pick();
    const same = next === upstream.endpoint && failure.code === "connect-timeout";
    if (next === undefined || same || next.takes !== upstream.takes) this.answer(statusOf(failure));
    else this.attempt(next, true);
  }

  onTimer(timer: Timer): void {
    if (timer === this.attemptTimer && this.pausing) return this.resume();
    const { upstream } = this;
    this.upstream = undefined;
    upstream?.destroy();
    if (timer === this.requestTimer || this.retry === undefined || !this.mayRetry()) return this.answer(504);
    if (this.takeBudget()) this.pause();
  }

  /** Another attempt would be within the rule's number, or ours, and the request is still there as a whole. */
  private mayRetry(): boolean {
    const most = this.retry === undefined ? maxConnectAttempts : this.retry.attempts + 1;
    return this.attempts < most && !this.replay.spent;
  }

  /** Answers with 503 when the backend has had its share of retries. */
  private takeBudget(): boolean {
    const { budget } = this.backend!;
    if (budget === undefined || budget.take(performance.now())) return true;
    this.answer(503);
    return false;
  }

  private pause(): void {
    this.pausing = true;
    fineTimers.arm(this.attemptTimer, this.retry!.pauseBefore(this.attempts));
  }

  private resume(): void {
    this.pausing = false;
    const endpoint = this.backend!.pick();
    if (endpoint === undefined) this.answer(503);
    else this.attempt(endpoint, false);
  }

  private attempt(endpoint: Endpoint, fresh: boolean): void {
    this.attempts++;
    this.upstream = fresh ? endpoint.connect(this) : endpoint.acquire(this);
    if (this.attemptTimeout > 0) fineTimers.arm(this.attemptTimer, this.attemptTimeout);
    this.replay.play(this.upstream);
  }

  private answer(status: number): void {
    this.close();
    this.downstream.answer(status);
  }

  private close(): void {
    this.active = false;
    this.upstream = undefined;
    this.pausing = false;
    this.replay.clear();
    this.requestTimer.disarm();
    this.attemptTimer.disarm();
  }
}

/** Nothing of the request was processed there. */
function isUntouched({ code }: UpstreamFailure): boolean {
  return code === "connect" || code === "connect-timeout" || code === "refused";
}

function statusOf({ code }: UpstreamFailure): number {
  return code === "connect-timeout" ? 504 : 502;
}
